import assert from 'node:assert/strict';
import {
  Chance,
  Clock,
  createReeve,
  inProcessInvoker,
  MINUTE,
  memoryStore,
  type ScheduleDefinitions,
  type ScheduledJobs,
  type ScheduledRun,
  type ScheduledTask,
  SECOND,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { describe, it } from 'vitest';
import { faultOf } from '../decide/faults.ts';
import { settle } from '../run/rig.ts';
import { NOON, world } from './rig.ts';

const job = { lambda_name: 'mill', period: 'yesterday', isolate_sections: true, sections: { books: null, games: null } };
const DAILY = { cron: '59 59 23 * * *', job } as const;

/** A whole composition by a clock that stands still. */
const composed = (schedules: ScheduleDefinitions<ScheduledTask<'mill'>>, clock = new ManualClock(NOON)) => {
  const reeve = createReeve({
    labourers: { mill: { maxSimultaneousInvocations: 5 } },
    jobs: { job_schema: { chunkable_attrs: ['section'] } },
    schedules,
    use: [
      memoryStore(),
      inProcessInvoker({ handlers: { mill: () => {} } }),
      new ContainerModule(({ bind }) => {
        bind(Clock).toConstantValue(clock);
        bind(Chance).toConstantValue(new CountingChance());
      }),
    ],
  });
  const payloads = async (state: 'queued' | 'completed' = 'queued'): Promise<readonly unknown[]> =>
    (await reeve.list({ labourer: 'mill', state, limit: 100 })).tasks.map(({ payload }) => JSON.parse(payload) as unknown);
  return { clock, reeve, payloads };
};

describe('a schedule with a job', () => {
  it('makes its tasks, with the days of its instant, however late it fires', async () => {
    const { clock, reeve, payloads } = composed({ daily: DAILY });
    await reeve.schedule();
    await clock.advance(12 * 60 * MINUTE + 30 * SECOND);
    const { fired } = await reeve.schedule();
    assert.deepEqual(
      fired.map(({ schedule, labourer }) => [schedule, labourer]),
      [['daily', 'mill']],
    );
    assert.deepEqual(
      (await payloads()).map((each) => [(each as { date_list: unknown }).date_list, (each as { sections: unknown }).sections]),
      [
        [['2026-01-04'], ['books']],
        [['2026-01-04'], ['games']],
      ],
    );
    const progress = await reeve.job(fired[0]?.id ?? '');
    assert.deepEqual([progress?.run, progress?.state, progress?.total], ['daily 2026-01-05T23:59:59.000Z', 'created', 2]);
    await reeve.close();
  });

  it('is another run of it at each instant', async () => {
    const { clock, reeve, payloads } = composed({ pulse: { every: MINUTE, job } });
    await reeve.schedule();
    await clock.advance(MINUTE);
    await reeve.schedule();
    assert.equal((await payloads()).length, 4);
    await reeve.close();
  });

  it('overlap: skip waits for all of its tasks to end', async () => {
    const { clock, reeve, payloads } = composed({ pulse: { every: MINUTE, job, overlap: 'skip' } });
    await reeve.schedule();
    await clock.advance(MINUTE);
    assert.equal((await reeve.schedule()).skipped[0]?.why, 'overlap');
    await reeve.tick();
    await reeve.sweep();
    assert.equal((await payloads('completed')).length, 2);
    await clock.advance(MINUTE);
    const { skipped, fired } = await reeve.schedule();
    assert.deepEqual([skipped.length, fired.length, (await payloads()).length], [0, 1, 2]);
    await reeve.close();
  });

  it('is refused where it is defined', async () => {
    const refused = { ...job, sections: [] };
    const fault = faultOf(() => composed({ pulse: { every: MINUTE, job: refused } }), 'input', 'INVALID_JOB');
    assert.match(fault.message, /sections/);
    const { reeve } = composed({});
    await assert.rejects(reeve.schedules.put('pulse', { every: MINUTE, job: refused }), { code: 'INVALID_JOB' });
    assert.deepEqual(await reeve.schedules.list(), []);
    await reeve.close();
  });
});

/** A job that takes so many slices of its time, and what it was called with. */
const slowJob = (slices: number, clock: ManualClock) => {
  const calls: (ScheduledRun & { readonly event: string })[] = [];
  const jobs: ScheduledJobs = {
    check: () => {},
    run: async (event, options) => {
      calls.push({ event, ...options });
      const place = calls.filter(({ run }) => run === options.run).length;
      await clock.sleep(options.until - clock.now(), options.signal);
      return { id: `job of ${options.run}`, done: place >= slices };
    },
    isOpen: async () => false,
  };
  return { jobs, calls };
};

const slow = { slow: { every: MINUTE, job } } as const;

describe('a job that takes long', () => {
  it('is left to one process, which renews its mark', async () => {
    const { clock, process } = world(NOON);
    const { jobs, calls } = slowJob(5, clock);
    const [one, other] = [process({ code: slow, jobs }), process({ code: slow, jobs })];
    const ended = [one, other].map(() => new AbortController());
    const running = [one, other].map(({ schedules }, n) => schedules.run({ signal: ended[n]?.signal as AbortSignal }));
    for (let n = 0; n < 50; n += 1) {
      await settle(6);
      await clock.advance(2 * SECOND);
    }
    await settle();
    assert.deepEqual(
      calls.map(({ run }) => run.slice(-13, -5)),
      Array.from('00000', (minute) => `12:0${minute}:00`).concat('12:01:00'),
    );
    assert.deepEqual([one.fired.length + other.fired.length, [...one.fired, ...other.fired][0]?.late], [1, 100 * SECOND]);
    for (const each of ended) each.abort();
    await clock.advance(5 * SECOND);
    await Promise.all(running);
  });

  it('that is not done by `until` goes on with the next tick, before it fires anew', async () => {
    const { clock, process } = world(NOON);
    const { jobs, calls } = slowJob(3, clock);
    for (let n = 0; n < 3; n += 1) {
      const one = process({ code: slow, jobs });
      const ticking = one.schedules.tick({ until: clock.now() + 15 * SECOND });
      await settle();
      const [state] = await one.schedules.list();
      assert.equal(state?.firing?.instant, NOON);
      await clock.advance(15 * SECOND);
      const report = await ticking;
      assert.equal(report.fired.length, n === 2 ? 1 : 0);
      await clock.advance(45 * SECOND);
    }
    assert.deepEqual(new Set(calls.map(({ run, now }) => [run, now].join())), new Set([`slow 2026-01-05T12:00:00.000Z,${NOON}`]));
    const next = process({ code: slow, jobs });
    const ticking = next.schedules.tick({ until: clock.now() + 15 * SECOND });
    await settle();
    assert.equal(calls.at(-1)?.run, 'slow 2026-01-05T12:03:00.000Z');
    await clock.advance(15 * SECOND);
    await ticking;
  });

  it('stops with its process, and the next goes on at once', async () => {
    const { clock, process } = world(NOON);
    const { jobs, calls } = slowJob(2, clock);
    const one = process({ code: slow, jobs });
    const ended = new AbortController();
    const running = one.schedules.run({ signal: ended.signal });
    await settle();
    await clock.advance(3 * SECOND);
    ended.abort();
    await settle();
    await running;
    const next = process({ code: slow, jobs });
    const ticking = next.schedules.tick();
    await settle();
    assert.equal(calls.length, 2);
    await clock.advance(20 * SECOND);
    assert.equal((await ticking).fired.length, 1);
  });

  it('is defined anew meanwhile: what is under way stays what it was', async () => {
    const { clock, process } = world(NOON);
    const { jobs, calls } = slowJob(3, clock);
    const one = process({ jobs });
    await one.schedules.put('slow', { ...slow.slow, startAt: NOON });
    const ticking = one.schedules.tick({ until: NOON + MINUTE + 5 * SECOND });
    await settle();
    await process({ jobs }).schedules.put('slow', { every: MINUTE, startAt: NOON, job: { lambda_name: 'mill', other: true } });
    await clock.advance(MINUTE + 5 * SECOND);
    await ticking;
    assert.deepEqual(
      calls.map(({ run, event }) => [run.slice(-13, -8), event.includes('other')]),
      [
        ['12:00', false],
        ['12:00', false],
        ['12:00', false],
        ['12:01', true],
      ],
    );
  });

  it('is one of many at once, without a warning that listeners leak', async () => {
    const { clock, process: start } = world(NOON);
    const { jobs, calls } = slowJob(2, clock);
    const code = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`slow${n}`, slow.slow]));
    const warnings: Error[] = [];
    const heard = (warning: Error): void => void warnings.push(warning);
    process.on('warning', heard);
    const ended = new AbortController();
    const running = start({ code, jobs }).schedules.run({ signal: ended.signal });
    await settle();
    assert.equal(calls.length, 15);
    ended.abort();
    await settle();
    await running;
    process.off('warning', heard);
    assert.deepEqual(warnings, []);
    assert.equal(clock.sleeping, 0);
  });

  it('does not hold up other schedules', async () => {
    const { clock, process } = world(NOON);
    const { jobs } = slowJob(10, clock);
    const code = { ...slow, pulse: { every: 10 * SECOND, enqueue: { labourer: 'mill' } } };
    const one = process({ code, jobs });
    const ended = new AbortController();
    const running = one.schedules.run({ signal: ended.signal });
    for (let n = 0; n < 60; n += 1) {
      await settle(4);
      await clock.advance(SECOND);
    }
    await settle();
    assert.deepEqual(new Set(one.fired.map(({ schedule, late }) => [schedule, late].join())), new Set(['pulse,0']));
    assert.equal(one.fired.length, 7);
    ended.abort();
    await clock.advance(5 * SECOND);
    await running;
  });
});
