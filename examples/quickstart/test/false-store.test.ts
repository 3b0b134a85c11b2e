/** The report is worth something only if it can be bad: here the store is taken away between two runs, and forgets all it knew. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '../src/report.ts';
import { plant, someOf } from './support/packages.ts';
import { start } from './support/processes.ts';
import { tempFolder } from './support/temp.ts';

it('what a store forgot is reported as lost, and as doubled once it was done again', async () => {
  const folder = tempFolder();
  const data = join(folder, 'data');
  const file = join(folder, 'report.json');
  plant(join(folder, 'node_modules'), someOf(30));
  expect(await start(['--packages', folder, '--data', data, '--latency', '0'])).toMatchObject({ end: 0 });
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `tasks.db${end}`), { force: true });
  const again = await start(['--data', data, '--report', file, '--latency', '0']);
  const { tasks, completed, lost, doubled } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  expect({ tasks, completed, lost, doubled }).toEqual({ tasks: 32, completed: 32, lost: 32, doubled: 32 });
  expect(again).toMatchObject({ end: 1, complaint: '' });
});
