import assert from 'node:assert/strict';
import { DAY, type EpochMs, MINUTE, type Millis, nextInstants, type Schedule, type ScheduleDefinition, SECOND } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { dueOf } from '../../src/decide/schedules/due.ts';
import { decided, type Kept, opened, over, readKept } from '../../src/decide/schedules/entry.ts';
import { lastInstant, lastInstants, nextOfSchedule } from '../../src/decide/schedules/instants.ts';
import { nextStep } from '../../src/decide/schedules/next-step.ts';
import { scheduleOf } from './rig.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu', 'America/Sao_Paulo'];

const field = (least: number, most: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: fc.integer({ min: least, max: most }).map(String) },
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 3 }).map((all) => all.sort((a, b) => a - b).join(',')),
    fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
  );

const cron = fc
  .tuple(
    fc.option(field(0, 59), { nil: undefined }),
    field(0, 59),
    field(0, 23),
    fc.oneof(fc.constant('*'), fc.constantFrom('1', '15', 'L')),
    field(0, 6),
  )
  .map(([seconds, minutes, hours, day, weekday]) =>
    [...(seconds === undefined ? [] : [seconds]), minutes, hours, day, '*', weekday].join(' '),
  );

const timing: fc.Arbitrary<Partial<ScheduleDefinition>> = fc.oneof(
  fc.record({ cron, timeZone: fc.constantFrom(...ZONES) }),
  fc.record({
    every: fc.oneof(fc.integer({ min: SECOND, max: 10 * MINUTE }), fc.integer({ min: SECOND, max: 3 * DAY })),
    anchor: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  }),
);

/** Around the changes of the clocks as often as not. */
const instant: fc.Arbitrary<EpochMs> = fc.oneof(
  fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2040, 0, 1) }),
  fc
    .tuple(
      fc.constantFrom('2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01', '2026-04-04', '2026-10-03', '2011-12-30', '2018-11-04'),
      fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    )
    .map(([day, by]) => Date.parse(day) + by),
);

const RUNS = { numRuns: 100 };

describe('instants', () => {
  it('come one after the other, none twice, and the same wherever one begins to ask', () => {
    fc.assert(
      fc.property(timing, instant, fc.integer({ min: 1, max: 29 }), (definition, after, cut) => {
        const schedule = scheduleOf(definition);
        const all = nextInstants(schedule, after, 30);
        assert.ok(all.every((each, n) => each > (all[n - 1] ?? after)));
        assert.deepEqual(nextInstants(schedule, all[cut - 1] ?? after, 30 - cut), all.slice(cut));
        // Between two of them there is none, wherever between one asks.
        const [one, other] = [all[cut - 1] ?? after, all[cut]];
        if (other !== undefined) assert.equal(nextInstants(schedule, one + Math.floor((other - one) / 2), 1)[0], other);
      }),
      RUNS,
    );
  });

  it('the last of them up to an instant are found without counting', () => {
    fc.assert(
      fc.property(
        timing,
        instant,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: DAY }),
        (definition, after, steps, beyond) => {
          const schedule = scheduleOf(definition);
          const all = nextInstants(schedule, after, 60);
          const first = all[0];
          if (first === undefined) return;
          const until = Math.min((all[steps] ?? first) + beyond, (all.at(-1) ?? first) - 1);
          if (until < first) return;
          const expected = all.filter((each) => each <= until);
          const next = nextOfSchedule(schedule);
          assert.equal(lastInstant(next, first, until), expected.at(-1));
          assert.deepEqual(lastInstants(next, first, until, 7), expected.slice(-7));
        },
      ),
      RUNS,
    );
  });

  it('fire in their order, each by its jitter after itself and before the next', () => {
    fc.assert(
      fc.property(timing, instant, fc.integer({ min: 0, max: DAY }), (definition, after, jitter) => {
        const schedule = { ...scheduleOf(definition), jitter };
        const next = nextOfSchedule(schedule);
        const all = nextInstants(schedule, after, 10);
        all.forEach((each, n) => {
          const due = dueOf(schedule, next, each);
          assert.ok(due >= each && due - each <= jitter);
          const following = all[n + 1];
          if (following !== undefined) assert.ok(due < following);
        });
      }),
      RUNS,
    );
  });
});

/** Looks at a schedule at these instants, as one process after the other would. */
const play = (schedule: Schedule, looks: readonly EpochMs[]) => {
  let kept: Kept = opened(schedule, 'store', looks[0] ?? 0);
  const fired: EpochMs[] = [];
  const passed: EpochMs[] = [];
  for (const now of looks) {
    for (let owed: EpochMs | undefined; ; ) {
      const step = nextStep(kept, now, owed);
      if (step.kind === 'rest') break;
      assert.notEqual(step.kind, 'goOn');
      if (step.kind === 'goOn') break;
      if (step.passed) passed.push(...between(schedule, step.passed));
      if (step.kind === 'pass') kept = decided(kept, step.passed.to, {});
      else {
        assert.ok(step.due <= now);
        fired.push(step.instant);
        kept = over(decided(kept, step.instant, { mark: { instant: step.instant, since: now, until: now } }), {
          instant: step.instant,
          outcome: 'fired',
        });
        owed = step.owed;
      }
      kept = readKept(schedule.name, JSON.stringify(kept));
    }
  }
  return { fired, passed };
};

const between = (schedule: Schedule, { from, to }: { readonly from: EpochMs; readonly to: EpochMs }): readonly EpochMs[] => {
  const all: EpochMs[] = [from];
  for (const next = nextOfSchedule(schedule); (all.at(-1) ?? to) < to; ) all.push(next(all.at(-1) ?? to) ?? to);
  return all;
};

const dueUpTo = (schedule: Schedule, from: EpochMs, until: EpochMs): readonly EpochMs[] => {
  const next = nextOfSchedule(schedule);
  const all: EpochMs[] = [];
  for (let each = next(from - 1); each !== undefined && dueOf(schedule, next, each) <= until; each = next(each)) all.push(each);
  return all;
};

/** Looks a while apart, some of them after a long time; all within some sixty instants of what is dense. */
const gaps: fc.Arbitrary<readonly Millis[]> = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 3 * SECOND }),
    fc.integer({ min: SECOND, max: 5 * MINUTE }),
    fc.integer({ min: MINUTE, max: 2 * 60 * MINUTE }),
  ),
  { minLength: 1, maxLength: 12 },
);

const missed = fc.constantFrom('skip' as const, 'last' as const, 'all' as const, { all: 1_000 }, { all: 3 }, { all: 1 });
/** So that a thousand of them are more than the longest gap has. */
const coarse = timing.filter(
  ({ cron: expression = '* * * * *', every = MINUTE }) => expression.split(' ').length === 5 && every >= 10 * SECOND,
);

describe('whenever it is looked at', () => {
  it('each instant is decided once, in its order, and none is left out; what is missed is as it was asked for', () => {
    fc.assert(
      fc.property(coarse, instant, gaps, missed, fc.constantFrom(0, 30 * SECOND, 20 * MINUTE), (definition, start, waits, how, jitter) => {
        const schedule = { ...scheduleOf({ ...definition, missed: how }), jitter };
        const looks = [start];
        for (const wait of waits) looks.push((looks.at(-1) ?? start) + wait);
        const { fired, passed } = play(schedule, looks);
        const all = dueUpTo(schedule, start, looks.at(-1) ?? start);
        assert.deepEqual(
          [...fired, ...passed].sort((a, b) => a - b),
          all,
        );
        assert.deepEqual(
          fired,
          [...fired].sort((a, b) => a - b),
        );
        if (typeof how === 'object' && how.all === 1_000) assert.deepEqual(fired, all);
        if (how === 'last' && all.length > 0) assert.equal(fired.at(-1), all.at(-1));
      }),
      { numRuns: 100 },
    );
  });
});
