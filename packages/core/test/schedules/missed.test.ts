import assert from 'node:assert/strict';
import { DAY, type EpochMs, MINUTE, type ScheduleDefinition, SECOND } from '@reeve/core';
import { describe, it } from 'vitest';
import { instantsOf, iso, NOON, world } from './rig.ts';

const enqueue = { labourer: 'mill', passInstant: true } as const;

/** Runs once at noon, is away, and comes back. */
const afterDowntime = async (definition: Partial<ScheduleDefinition>, away: number) => {
  const { clock, store, process } = world(NOON);
  const one = process({ code: { pulse: { every: MINUTE, enqueue, ...definition } } });
  await one.schedules.tick();
  await clock.advance(away);
  const report = await one.schedules.tick();
  return { clock, one, report, instants: (await instantsOf(store)).slice(1) };
};

const minutes = (...all: readonly number[]): readonly string[] => iso(all.map((n) => NOON + n * MINUTE));

describe('after downtime', () => {
  it('last: the last instant fires, late; those before it are passed over', async () => {
    const { report, instants, one } = await afterDowntime({}, 7.5 * MINUTE);
    assert.deepEqual(instants, minutes(7));
    assert.deepEqual(report.skipped, [{ schedule: 'pulse', from: NOON + MINUTE, to: NOON + 6 * MINUTE, why: 'missed' }]);
    assert.deepEqual([report.fired[0]?.late, report.nextDueIn], [30 * SECOND, 30 * SECOND]);
    assert.equal((await one.schedules.tick()).fired.length, 0);
  });

  it('last: also the only one, however late', async () => {
    const { instants } = await afterDowntime({ every: DAY, anchor: NOON }, DAY + 11 * 60 * MINUTE);
    assert.deepEqual(instants, iso([NOON + DAY]));
  });

  it('skip: none of them fires if the last is late, and the next one does', async () => {
    const rare = { every: 10 * MINUTE, anchor: NOON, missed: 'skip' } as const;
    const { report, instants, one, clock } = await afterDowntime(rare, 25 * MINUTE);
    assert.deepEqual(instants, []);
    assert.deepEqual(report.skipped, [{ schedule: 'pulse', from: NOON + 10 * MINUTE, to: NOON + 20 * MINUTE, why: 'missed' }]);
    assert.equal((await one.schedules.list())[0]?.last?.outcome, 'skipped');
    await clock.advance(5 * MINUTE);
    assert.equal((await one.schedules.tick()).fired[0]?.instant, NOON + 30 * MINUTE);
  });

  it('skip: one that is two minutes late is not missed', async () => {
    assert.deepEqual((await afterDowntime({ missed: 'skip' }, 5.5 * MINUTE)).instants, minutes(5));
    const rare = { every: 10 * MINUTE, anchor: NOON, missed: 'skip' } as const;
    assert.deepEqual((await afterDowntime(rare, 12 * MINUTE)).instants, minutes(10));
    assert.deepEqual((await afterDowntime(rare, 12 * MINUTE + 1)).instants, []);
  });

  it('all: each fires, the oldest first', async () => {
    const { report, instants } = await afterDowntime({ missed: 'all' }, 5 * MINUTE);
    assert.deepEqual(instants, minutes(1, 2, 3, 4, 5));
    assert.deepEqual(
      report.fired.map(({ instant }) => instant),
      [1, 2, 3, 4, 5].map((n) => NOON + n * MINUTE),
    );
    assert.deepEqual(report.skipped, []);
  });

  it('all: no more than the last so many', async () => {
    const { report, instants } = await afterDowntime({ missed: { all: 3 } }, 10 * MINUTE);
    assert.deepEqual(instants, minutes(8, 9, 10));
    assert.deepEqual(report.skipped, [{ schedule: 'pulse', from: NOON + MINUTE, to: NOON + 7 * MINUTE, why: 'missed' }]);
    assert.deepEqual((await afterDowntime({ missed: { all: 3 } }, 3 * MINUTE)).instants, minutes(1, 2, 3));
    assert.deepEqual((await afterDowntime({ missed: { all: 1 } }, 3 * MINUTE)).instants, minutes(3));
  });

  it('of a year, second by second, it does not count them', async () => {
    const began = performance.now();
    const { instants } = await afterDowntime({ every: undefined as never, cron: '* * * * * *' }, 365 * DAY);
    assert.deepEqual(instants, iso([NOON + 365 * DAY]));
    assert.ok(performance.now() - began < 5_000);
  });

  it('in which the clocks were put on, the time that was left out fires once', async () => {
    const { clock, store, process } = world(Date.parse('2026-03-28T12:00:00Z'));
    const one = process({ code: { nightly: { cron: '30 2 * * *', timeZone: 'Europe/Berlin', missed: 'all', enqueue } } });
    await one.schedules.tick();
    await clock.advance(2 * DAY);
    await one.schedules.tick();
    assert.deepEqual(await instantsOf(store), ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
  });
});

describe('years of virtual time', () => {
  it('bring each night of Berlin and New York once, by ticks at odd times', async () => {
    const { clock, store, process } = world(NOON);
    const zones = { mill: 'Europe/Berlin', forge: 'America/New_York' } as const;
    const code = Object.fromEntries(
      Object.entries(zones).map(([labourer, timeZone]): [string, ScheduleDefinition] => [
        labourer,
        { cron: '30 2 * * *', timeZone, missed: 'all', enqueue: { labourer, passInstant: true } },
      ]),
    );
    const all = [process({ code }), process({ code })];
    for (let n = 0; n < 2 * 440; n += 1) {
      await clock.advance(20 * 60 * MINUTE + 7 * SECOND);
      await all[n % 2]?.schedules.tick();
    }
    for (const [labourer, timeZone] of Object.entries(zones)) {
      const days = (await allInstants(store, labourer)).map((instant) => dayIn(timeZone, instant));
      assert.equal(new Set(days).size, days.length, `${timeZone}: a day twice`);
      const span = (Date.parse(days.at(-1) ?? '') - Date.parse(days[0] ?? '')) / DAY + 1;
      assert.equal(days.length, span, `${timeZone}: a day is missing`);
      assert.ok(days.length > 725);
    }
  });
});

const allInstants = async (store: Parameters<typeof instantsOf>[0], labourer: string): Promise<readonly EpochMs[]> => {
  const instants: EpochMs[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.list({ labourer, state: 'queued', limit: 1_000, ...(cursor !== undefined && { cursor }) });
    instants.push(
      ...page.tasks.map(({ payload }) => Date.parse((JSON.parse(payload) as { schedule: { instant: string } }).schedule.instant)),
    );
    cursor = page.cursor;
  }
  return instants.sort((a, b) => a - b);
};

const dayIn = (timeZone: string, instant: EpochMs): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(instant);
