import { join } from 'node:path';
import type { TaskContext, TaskRecord } from '@reeve/core';
import { describe, expect, it } from 'vitest';
import { inspectPackage } from '../src/labourers/inspect-package.ts';
import { HICCUP_IN, meetsHiccup, simulatedStorage } from '../src/labourers/storage.ts';
import { sumUp } from '../src/labourers/sum-up.ts';
import { addTotals } from '../src/labourers/totals.ts';
import { plantFiles, tempFolder } from './support/temp.ts';

const context = (overrides: Partial<TaskContext> = {}): TaskContext => ({
  labourer: 'l',
  id: 'steady',
  attempt: 1,
  signal: new AbortController().signal,
  heartbeat: async () => true,
  ...overrides,
});

const quick = { answer: async () => {} };

describe('inspectPackage', () => {
  it('answers licence and measures', async () => {
    const folder = plantFiles(tempFolder(), { 'package.json': '{"license":"MIT"}\n' });
    expect(await inspectPackage(quick)({ folder }, context())).toEqual({ licence: 'MIT', files: 1, lines: 1, bytes: 18 });
  });

  it('takes a package without package.json for one whose licence is unknown', async () => {
    const folder = plantFiles(tempFolder(), { 'index.js': '' });
    expect(await inspectPackage(quick)({ folder }, context())).toMatchObject({ licence: 'unknown', files: 1 });
  });

  it('says that no further attempt helps when the folder has gone', async () => {
    const attempt = inspectPackage(quick)({ folder: join(tempFolder(), 'gone') }, context());
    await expect(attempt).rejects.toMatchObject({ name: 'NonRetryableError', retryable: false });
  });

  it('stops when it is told to', async () => {
    const folder = plantFiles(tempFolder(), { 'a.txt': '' });
    const attempt = inspectPackage(quick)({ folder }, context({ signal: AbortSignal.abort(new Error('stop')) }));
    await expect(attempt).rejects.toThrow('stop');
  });
});

describe('the simulated storage', () => {
  it('fails one task in so many, at its first attempt only', async () => {
    const ids = Array.from({ length: 2_000 }, (_, n) => `p${n}@1.0.0`);
    const hit = ids.filter(meetsHiccup);
    expect(hit.length).toBeGreaterThan(2_000 / HICCUP_IN / 1.5);
    expect(hit.length).toBeLessThan((2_000 / HICCUP_IN) * 1.5);
    const storage = simulatedStorage(0);
    await expect(storage.answer(context({ id: hit[0]! }))).rejects.toThrow('storage hiccup (simulated)');
    await storage.answer(context({ id: hit[0]!, attempt: 2 }));
  });

  it('lets nobody wait who must stop', async () => {
    const storage = simulatedStorage(60_000);
    await expect(storage.answer(context({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('sumUp', () => {
  it('adds up by licence, and leaves out what has no result', async () => {
    const inspected: Record<string, unknown> = {
      a: { licence: 'MIT', files: 1, lines: 2, bytes: 3 },
      b: { licence: '__proto__', files: 1, lines: 1, bytes: 1 },
      c: { licence: 'MIT', files: 10, lines: 20, bytes: 30 },
    };
    const find = async (id: string) =>
      (id in inspected
        ? { id, state: 'completed', result: JSON.stringify(inspected[id]) }
        : id === 'dead'
          ? { id, state: 'dead' }
          : undefined) as TaskRecord | undefined;
    expect(await sumUp(quick, find)({ packages: ['a', 'b', 'c', 'dead', 'gone'] }, context())).toEqual([
      { licence: 'MIT', packages: 2, files: 11, lines: 22, bytes: 33 },
      { licence: '__proto__', packages: 1, files: 1, lines: 1, bytes: 1 },
    ]);
  });

  it('adds totals of totals, most packages first', () => {
    const total = (licence: string, packages: number) => ({ licence, packages, files: 1, lines: 1, bytes: 1 });
    expect(addTotals([total('A', 1), total('B', 1), total('B', 2)])).toEqual([
      { licence: 'B', packages: 3, files: 2, lines: 2, bytes: 2 },
      total('A', 1),
    ]);
  });
});
