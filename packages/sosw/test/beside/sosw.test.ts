/** The sosw of these tests against the rows that the real one wrote. */
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { ManualClock } from '@reeve/testkit';
import { expect, test } from 'vitest';
import { byId, recorded } from '../../../adapter-dynamodb/test/golden/recorded.ts';
import type { Row } from '../../src/dynamodb/reads.ts';
import { install, testServer } from '../fixtures/installation.ts';
import { Sosw } from './sosw.ts';

const db = testServer();

/** Python prints payloads anew, and makes objects of results that are JSON texts; nothing here looks into either. */
const plain = (rows: readonly Row[]): unknown =>
  Object.fromEntries(
    [...byId(rows.map((each) => ({ ...each })))].map(([id, row]) => [id, own(row)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const own = (row: Row): unknown =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => !/^(payload$|result_)/.test(name))
      .map(([name, value]) => [name, value.N === undefined ? value : Number(value.N)]),
  );

interface Move {
  readonly scenario: string;
  readonly from: string;
  readonly to: string;
  readonly move: 'orchestrate' | 'scavenge';
  /** Seconds of the first and the last round. Default: one, when it was recorded. */
  readonly rounds?: readonly [number, number];
  /** A round of its Orchestrator before, at this second. */
  readonly invokedAt?: number;
}

const MOVES: readonly Move[] = [
  { scenario: 'typed', from: 'created', to: 'invoked', move: 'orchestrate' },
  { scenario: 'typed', from: 'completed', to: 'archived', move: 'scavenge' },
  // It came by every second, and one task after another had run out of time.
  { scenario: 'retry', from: 'invoked', to: 'expired', move: 'scavenge', rounds: [1_200, 1_224] },
  { scenario: 'retry', from: 'requeued 20 more', to: 'requeued the rest', move: 'scavenge' },
  { scenario: 'dead', from: 'at 0', to: 'at 1200', move: 'scavenge' },
  { scenario: 'dead', from: 'at 1200', to: 'at 1500', move: 'scavenge' },
  { scenario: 'dead', from: 'at 3360', to: 'at 4620', move: 'scavenge', invokedAt: 3_420 },
];

test.each(MOVES)('$scenario: from "$from" to "$to"', async ({ scenario, from, to, move, rounds, invokedAt }) => {
  const { T, stage } = recorded(scenario);
  const it = await install(db);
  const places = { sosw_tasks: it.tables.tasks, sosw_closed_tasks: it.tables.closed, sosw_retry_tasks: it.tables.retry };
  const tables = Object.entries(places) as [keyof typeof places, string][];
  for (const [table, place] of tables) for (const row of stage(from).tables[table]) await it.put(place, row);
  const clock = new ManualClock();
  const sosw = new Sosw({ ...it, clock, caps: { w0: 100, w1: 100 }, timeout: 300, invoke: () => {} });
  if (invokedAt !== undefined) {
    clock.set((T + invokedAt) * 1_000);
    await sosw.orchestrate();
  }
  const [first, last] = rounds ?? [stage(to).now - T, stage(to).now - T];
  for (let at = first; at <= last; at += 1) {
    clock.set((T + at) * 1_000);
    await sosw[move]();
  }
  for (const [table, place] of tables) {
    const { Items = [] } = await it.client.send(new ScanCommand({ TableName: place }));
    expect(plain(Items), table).toEqual(plain(stage(to).tables[table]));
  }
});
