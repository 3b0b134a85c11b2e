import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { COUNT } from '../src/reading/census.ts';
import { LISTINGS } from '../src/reading/list.ts';
import { COUNT_RUNNING, NEXT_DUE, TAKE } from '../src/verbs/claim.ts';
import { WITH_DUE } from '../src/verbs/due.ts';
import { EXPIRED } from '../src/verbs/expired.ts';
import { PURGE } from '../src/verbs/maintain.ts';
import { RENEW } from '../src/verbs/renew.ts';
import { BURY, COMPLETE, FIND_ATTEMPT, RELEASE, RETRY } from '../src/verbs/settle.ts';
import { openStore } from './fixtures/stores.ts';

const STATEMENTS = { COUNT, COUNT_RUNNING, NEXT_DUE, TAKE, WITH_DUE, EXPIRED, PURGE, RENEW, COMPLETE, RETRY, BURY, RELEASE, FIND_ATTEMPT };
const LISTS = Object.fromEntries(
  Object.entries(LISTINGS).flatMap(([state, { ties, beyond }]) => [
    [`list ${state}, ties`, ties],
    [`list ${state}, beyond`, beyond],
  ]),
);

const planOf = async (sql: string): Promise<string[]> => {
  const { file } = await openStore();
  const client = new Database(file);
  const count = Math.max(...[...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)));
  const rows = client.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array<number>(count).fill(1));
  client.close();
  return rows.map((row) => (row as { detail: string }).detail);
};

describe('no statement reads or sorts in proportion to the backlog', () => {
  it.each(Object.entries({ ...STATEMENTS, ...LISTS }))('%s', async (_, sql) => {
    for (const step of await planOf(sql)) {
      expect(step).not.toMatch(/TEMP B-TREE|AUTOMATIC|SCAN tasks/);
    }
  });
});
