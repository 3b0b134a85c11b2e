import assert from 'node:assert/strict';
import type { TaskRecord, TaskState } from '@reeve/core';
import type { StoreBench } from './bench.ts';
import { labourer } from './given.ts';

/** More than any case has. */
const MOST_PAGES = 200;

/** All pages of a list; between two pages something may happen. */
export const pages = async (
  bench: StoreBench,
  state: TaskState,
  limit: number,
  between: (page: readonly TaskRecord[], number: number) => Promise<unknown> = async () => {},
): Promise<readonly TaskRecord[]> => {
  const all: TaskRecord[] = [];
  let cursor: string | undefined;
  for (let number = 0; number < MOST_PAGES; number += 1) {
    await bench.settled?.();
    const page = await bench.store.list({ labourer, state, limit, ...(cursor !== undefined && { cursor }) });
    assert.ok(page.tasks.length <= limit, `a page of ${page.tasks.length} where ${limit} were asked for`);
    all.push(...page.tasks);
    if (page.cursor === undefined) return all;
    cursor = page.cursor;
    await between(page.tasks, number);
  }
  throw new Error('the list has no end');
};
