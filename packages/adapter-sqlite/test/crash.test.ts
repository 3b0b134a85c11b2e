import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { Ledger, type Line } from './fixtures/ledger.ts';
import { tempFile } from './fixtures/temp.ts';

const SCRIPT = fileURLToPath(new URL('fixtures/crash-writer.mjs', import.meta.url));

/** Runs the writer and kills it, without a word, once it has told so many lines. @returns all that it told */
const runAndKill = async (file: string, round: number, lines: number): Promise<Line[]> => {
  const child = spawn(process.execPath, [SCRIPT, file, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.endsWith('}')) told.push(JSON.parse(line) as Line);
    if (told.length === lines) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return told;
};

// A sequence of primes past 100 ends each round at another kind of step; where in the step the kill strikes is up to the system.
it('keeps all that it answered, and nothing by halves, when it is killed', async () => {
  const file = tempFile();
  const ledger = new Ledger();
  for (const [round, lines] of [101, 103, 107, 109, 113, 127].entries()) {
    ledger.addRound(await runAndKill(file, round, lines));
    const store = await SqliteTaskStore.open({ file });
    const problems = [];
    for (const id of ledger.ids) problems.push(...ledger.problems(id, await store.find({ labourer: 'mill', id })));
    expect(problems).toEqual([]);
    await store.close();
    const client = new Database(file);
    expect(client.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
    const rows = client.prepare('SELECT id, state, attempts, token FROM tasks').all();
    client.close();
    expect(ledger.takeStock(rows as never)).toEqual([]);
  }
  expect(ledger.ids.size).toBeGreaterThan(400);
});
