/** What the doctor says of rows that the real sosw wrote, and whether Reeve then does what he said. */
import { DynamoDbTaskStore, labourersFromSosw } from '@reeve/adapter-dynamodb';
import { defineLabourers, Orchestrator, Scavenger } from '@reeve/core';
import { CountingChance, ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { describe, expect, test } from 'vitest';
import { recorded } from '../../adapter-dynamodb/test/golden/recorded.ts';
import { doctor } from '../src/doctor.ts';
import type { Row } from '../src/dynamodb/reads.ts';
import { install, queuedRow, tableSettings, testServer } from './fixtures/installation.ts';

const db = testServer();

const restored = async (scenario: string, name: string) => {
  const { labourers, stage } = recorded(scenario);
  const { now, tables: rows } = stage(name);
  const it = await install(db);
  const places = { sosw_tasks: it.tables.tasks, sosw_closed_tasks: it.tables.closed, sosw_retry_tasks: it.tables.retry };
  for (const [table, place] of Object.entries(places)) for (const row of rows[table as keyof typeof places]) await it.put(place, row);
  await it.configure('sosw_orchestrator_config', { task_config: { ...tableSettings(it.tables), labourers } });
  const ask = (at = now * 1_000, sample = 50) => doctor({ client: it.client, config: { table: it.config }, now: at, sample });
  return { ...it, now: now * 1_000, labourers, ask };
};

type Restored = Awaited<ReturnType<typeof restored>>;

const bare = ({ rows }: { readonly rows: number }): number => rows;

describe('rows of the real sosw', () => {
  test.each([
    ['typed', 'created', 0, { queued: 22 }],
    ['typed', 'invoked', 0, { running: 22 }],
    ['typed', 'invoked', 1_140, { running: 22 }],
    ['typed', 'invoked', 1_200, { expired: 22 }],
    ['typed', 'completed', 0, { running: 1, completed: 21 }],
    ['typed', 'archived', 0, { running: 1, closedCompleted: 21 }],
    ['retry', 'expired', 0, { retryWaiting: 25 }],
    ['retry', 'expired', 276 + 10, { retryDue: 11, retryWaiting: 14 }],
    ['retry', 'requeued the rest', 0, { queued: 28 }],
    ['dead', 'at 4620', 0, { closedDead: 1 }],
  ])('%s, "%s" and %i s later', async (scenario, stage, later, expected) => {
    const { ask, now } = await restored(scenario, stage);
    const [w0] = (await ask(now + later * 1_000)).labourers;
    const { labourer, exhausted: _, broken, ...counts } = w0!;
    expect([labourer, broken]).toEqual(['w0', []]);
    const found = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, bare(count)]));
    const none = Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
    expect(found).toEqual({ ...none, ...expected });
  });
});

/** Sweeps until there is no more to do, then ticks once. @returns what was done, by the words of the report */
const firstRoundsOf = async ({ client, tables, labourers }: Pick<Restored, 'client' | 'tables' | 'labourers'>, clock: ManualClock) => {
  const defined = defineLabourers(labourersFromSosw({ labourers }));
  const store = new DynamoDbTaskStore({ client, tables, clock, clockGuard: 0, lookForSosw: 0 });
  const chance = new CountingChance(1);
  const scavenger = new Scavenger({ labourers: defined, store, clock, chance });
  const done = { retries: 0, buries: 0, archives: 0 };
  for (let more = true; more; ) {
    const report = await scavenger.sweep();
    expect(report.errors).toEqual([]);
    done.retries += report.retried;
    done.buries += report.dead;
    done.archives += report.maintained['archived'] ?? 0;
    // What was taken over expired is reaped by the next.
    more = report.more || (report.maintained['adopted'] ?? 0) > 0;
  }
  const invoker = new ScriptedInvoker();
  const orchestrator = new Orchestrator({ labourers: defined, store, invoker, clock, chance });
  const { labourers: served } = await orchestrator.tick();
  return { ...done, starts: invoker.calls.length, setsAside: served.reduce((sum, { aside }) => sum + aside, 0) };
};

describe('what he says of the first rounds', () => {
  test.each([
    ['typed', 'created', 0],
    ['typed', 'invoked', 0],
    ['typed', 'invoked', 1_240],
    ['typed', 'completed', 0],
    ['retry', 'scavenged at 1500 (the first one)', 0],
    ['retry', 'requeued 20 more', 20],
    ['dead', 'at 0', 0],
    ['dead', 'at 0', 1_300],
  ])('is what they do: %s, "%s" and %i s later', async (scenario, stage, later) => {
    const it = await restored(scenario, stage);
    const clock = new ManualClock(it.now + later * 1_000);
    const foretold = (await it.ask(clock.now())).firstRounds;
    const sum = (name: 'retries' | 'buries' | 'archives' | 'starts' | 'setsAside') => foretold.reduce((all, each) => all + each[name], 0);
    expect(await firstRoundsOf(it, clock)).toEqual({
      retries: sum('retries'),
      buries: sum('buries'),
      archives: sum('archives'),
      starts: sum('starts'),
      setsAside: sum('setsAside'),
    });
  });

  test('is what they do where all of it comes together, under a cap that is partly taken', async () => {
    const it = await install(db);
    const clock = new ManualClock();
    const at = clock.now() / 1_000;
    const labourers = { mill: { arn: 'mill', max_simultaneous_invocations: 5 } };
    await it.configure('sosw_orchestrator_config', { task_config: { ...tableSettings(it.tables), labourers } });
    const invoked = (seconds: number, attempts: number, more: Row = {}): Row => ({
      attempts: { N: String(attempts) },
      greenfield: { N: String(at - seconds + it.tables.invocationDelta) },
      ...more,
    });
    const rows: Readonly<Record<string, Row>> = {
      broken: { greenfield: { N: '1500' }, payload: { M: {} } },
      queued1: { greenfield: { N: '2000' } },
      queued2: { greenfield: { N: '3000' } },
      lost: { greenfield: { N: String(at + 500) } },
      running1: invoked(10, 1),
      running2: invoked(1_199, 2),
      expired: invoked(1_300, 1),
      exhausted: invoked(1_300, 3),
      completed: invoked(20, 1, { completed_at: { N: String(at - 5) } }),
      late: invoked(1_300, 1, { completed_at: { N: String(at - 5) } }),
    };
    for (const [id, more] of Object.entries(rows)) await it.put(it.tables.tasks, queuedRow(id, 'mill', at - 2_000, more));
    await it.put(
      it.tables.retry,
      queuedRow('due', 'mill', at - 2_000, { desired_launch_time: { N: String(at - 1) }, attempts: { N: '1' } }),
    );
    await it.put(
      it.tables.retry,
      queuedRow('waits', 'mill', at - 2_000, { desired_launch_time: { N: String(at + 99) }, attempts: { N: '1' } }),
    );
    const { firstRounds } = await doctor({ client: it.client, config: { table: it.config }, now: clock.now() });
    const what = { retries: 1, buries: 1, archives: 2, starts: 3, setsAside: 1 };
    expect(firstRounds).toEqual([{ labourer: 'mill', cap: 5, running: 2, due: 4, ...what, atLeast: false }]);
    expect(await firstRoundsOf({ ...it, labourers }, clock)).toEqual(what);
  });
});
