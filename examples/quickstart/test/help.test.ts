import { expect, test } from 'vitest';
import { HELP } from '../src/options.ts';
import { start } from './support/processes.ts';

test('the help names every option', () => {
  for (const option of ['--data', '--report', '--packages', '--latency', '--exit', '--help']) expect(HELP).toContain(`\n  ${option} `);
});

test.each(['--help', '-h'])('%s prints it and does nothing else', async (flag) => {
  const { end, lines, complaint } = await start([flag, '--data', '/dev/null/never-made']);
  expect({ end, text: `${lines.join('\n')}\n`, complaint }).toEqual({ end: 0, text: HELP, complaint: '' });
});
