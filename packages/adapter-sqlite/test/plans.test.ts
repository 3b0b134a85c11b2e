import Database from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';
import { BURY_QUEUED } from '../src/operator/bury.ts';
import { CANCEL_QUEUED, CANCEL_RUNNING } from '../src/operator/cancel.ts';
import { STATE } from '../src/operator/known.ts';
import { REDRIVE } from '../src/operator/redrive.ts';
import { REPLACE } from '../src/operator/replace.ts';
import { ENDS } from '../src/outbox/outbox.ts';
import { TAKE_OUT } from '../src/outbox/take-out.ts';
import { COUNT } from '../src/reading/census.ts';
import { LISTINGS } from '../src/reading/list.ts';
import { FORGET, SET } from '../src/register/change.ts';
import { ENTRY } from '../src/register/look.ts';
import { DROP_SECOND, PUT_HEAD } from '../src/schema/heads.ts';
import { MIGRATIONS } from '../src/schema/migrations.ts';
import { COUNT_RUNNING } from '../src/verbs/claim.ts';
import { CUT } from '../src/verbs/cuts.ts';
import { DROP, DROP_CHOSEN, DROP_OF_BOTH, IS_LATE } from '../src/verbs/drop.ts';
import { WITH_DUE } from '../src/verbs/due.ts';
import { EXPIRED } from '../src/verbs/expired.ts';
import { DUE_LANE, HEAD, NEXT_DUE } from '../src/verbs/head.ts';
import { PURGE, SWEEP } from '../src/verbs/maintain.ts';
import { FIND_CANCELLING, RENEW } from '../src/verbs/renew.ts';
import { BURY, CANCEL, COMPLETE, FIND_ATTEMPT, RELEASE, RETRY } from '../src/verbs/settle.ts';
import { TAKE, TAKE_CHOSEN, TAKE_OF_BOTH } from '../src/verbs/take.ts';
import { RUNNING_BY_KEY } from '../src/verbs/turns.ts';
import { HEADS, OF_KEY, WITHOUT_KEY } from '../src/verbs/walk.ts';

const STATEMENTS = {
  ...{ COUNT, COUNT_RUNNING, HEAD, DUE_LANE, NEXT_DUE, TAKE, DROP, WITH_DUE, EXPIRED, RENEW, FIND_CANCELLING },
  ...{ TAKE_OF_BOTH, TAKE_CHOSEN, DROP_OF_BOTH, DROP_CHOSEN, IS_LATE, PUT_HEAD, DROP_SECOND },
  ...Object.fromEntries(
    Object.entries({ HEADS, OF_KEY, WITHOUT_KEY }).flatMap(([name, { lane, places }]) => [
      [`${name}, lane`, lane],
      [`${name}, places`, places],
    ]),
  ),
  ...{ COMPLETE, RETRY, BURY, RELEASE, CANCEL, FIND_ATTEMPT },
  ...{ CANCEL_QUEUED, CANCEL_RUNNING, BURY_QUEUED, REDRIVE, REPLACE, STATE },
  ...{ TAKE_OUT, ENTRY, SET, FORGET, SWEEP },
};
const OF_ENDS = Object.fromEntries(
  Object.entries({ PURGE, CUT, ENDS }).flatMap(([name, texts]) =>
    Object.entries(texts).map(([state, text]) => [`${name} of ${state}`, text] as const),
  ),
);
const LISTS = Object.fromEntries(
  Object.entries(LISTINGS).flatMap(([state, { walks }]) =>
    walks.flatMap(({ ties, beyond }, walk) => [
      [`list ${state}, ties of walk ${walk}`, ties],
      [`list ${state}, beyond of walk ${walk}`, beyond],
    ]),
  ),
);

const databaseWith = (fill: (client: Database.Database) => void): Database.Database => {
  const client = new Database(':memory:');
  for (const step of MIGRATIONS) client.exec(step);
  fill(client);
  return client;
};

/** A backlog of ten priorities, and what SQLite's own statistics say of it: they may turn a plan. */
const fillAndAnalyze = (client: Database.Database): void =>
  void client.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
    INSERT INTO tasks (id, labourer, state, fresh, due, attempts, created_at, priority, key, payload)
    SELECT n, 'mill', 'queued', n % 7 > 0, n, 0, 0, n % 10, iif(n % 3 = 0, n % 1000, NULL), '{}' FROM numbers;
    INSERT INTO keyed SELECT labourer, key, lane, due, seq FROM tasks WHERE key IS NOT NULL;
    INSERT INTO heads SELECT labourer, lane, min(due), seq, key FROM tasks WHERE key IS NOT NULL GROUP BY labourer, lane, key;
    ANALYZE`);

describe.each([
  ['of a new file', () => {}],
  ['of a backlog of ten priorities, analyzed', fillAndAnalyze],
])('no statement reads or sorts in proportion to the backlog, %s', (_, fill) => {
  const client = databaseWith(fill);
  afterAll(() => client.close());
  const planOf = (sql: string): string[] => {
    const count = Math.max(...[...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)));
    const rows = client.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array<number>(count).fill(1));
    return rows.map((row) => (row as { detail: string }).detail);
  };

  it.each(Object.entries({ ...STATEMENTS, ...OF_ENDS, ...LISTS }))('%s', (_name, sql) => {
    for (const step of planOf(sql)) expect(step).not.toMatch(/TEMP B-TREE|AUTOMATIC|SCAN (?:tasks|register|heads|keyed)/);
  });

  // See forEachState: it would be compiled anew at each use.
  it.each(Object.entries({ ...STATEMENTS, ...OF_ENDS, ...LISTS }))('%s holds no parameter against the WHERE of an index', (_name, sql) => {
    const conditions = sql.split('WHERE').slice(1).join(' ');
    expect(conditions).not.toMatch(/\b(?:state|outbox|attempts) (?:=|<>) \?/);
  });

  it('reads of the running ones those of the labourer, and no other', () => {
    const index = 'SEARCH tasks USING INDEX tasks_running (labourer=? AND deadline>?)';
    expect(planOf(RUNNING_BY_KEY)).toEqual([index, 'USE TEMP B-TREE FOR GROUP BY']);
  });

  // Less of the index than this, and the tasks that are due later would be read as well.
  it.each(Object.entries({ TAKE, TAKE_OF_BOTH, DROP, DROP_OF_BOTH, DUE_LANE, WITH_DUE, COUNT }))(
    '%s goes to a lane and stops at what is due',
    (_name, sql) => {
      expect(planOf(sql)).toContain('SEARCH tasks USING INDEX tasks_queued (labourer=? AND lane=? AND due<?)');
    },
  );
});
