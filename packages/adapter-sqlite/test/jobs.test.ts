import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const TOOL = fileURLToPath(new URL('../../../tools/jobs-million.mjs', import.meta.url));

interface Figures {
  readonly kind: string;
  readonly killed: number;
  readonly there: number;
  readonly different: number;
  readonly rss: number;
  readonly states: string;
}

// The same that docs/jobs.md shows of a million tasks. Where in its work a scheduler is struck is up to the system.
it('enqueues each task of a job once, whose schedulers are killed again and again, and the last two work at once', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    TOOL,
    '--tasks',
    '40000',
    '--kills',
    '4',
    '--kinds',
    'stream,followed',
    '--json',
  ]);
  const { killed } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { readonly killed: readonly Figures[] };
  for (const { rss, killed: times, ...figures } of killed) {
    expect(figures).toEqual({ kind: figures.kind, there: 40_000, different: 40_000, states: 'created, created' });
    expect(times).toBeGreaterThan(0);
    expect(rss).toBeLessThan(200);
  }
  expect(killed.map(({ kind }) => kind)).toEqual(['stream', 'followed']);
}, 180_000);
