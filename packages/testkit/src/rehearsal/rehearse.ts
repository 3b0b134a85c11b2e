import { MINUTE, type Millis, SECOND } from '@reeve/core';
import { Stream } from '../sim/stream.ts';
import { nextArrival } from './arrivals.ts';
import { type Cast, castFor, WORK } from './cast.ts';
import { Counts } from './counts.ts';
import type { Moment } from './moment.ts';
import { Rehearsal } from './rehearsal.ts';
import { type Plan, planOf, type RehearseRequest } from './request.ts';
import { StageClock } from './stage-clock.ts';

/**
 * Plays a policy before production: the real core with the real definition of a labourer, over a model of what its workers depend on, in
 * virtual time. The same for the same request and version.
 * @throws ReeveError INVALID_REHEARSAL, INVALID_LABOURERS, INVALID_COMPOSITION
 */
export const rehearse = async (request: RehearseRequest): Promise<Rehearsal> => {
  const plan = planOf(request);
  const clock = new StageClock(new Stream(plan.seed, 'ties'));
  const cast = castFor(plan, clock);
  const counts = new Counts(cast.labourer.cap, () => cast.stage.at);
  cast.processes.forEach((each, n) => {
    counts.listen(each, n === 0);
  });
  const series: Moment[] = [];
  const ended = new AbortController();
  const options = { signal: ended.signal, assessEvery: plan.assessEvery, drain: 1, grace: 1 };
  let over = false;
  const acts = [
    arrive(plan, cast, counts, clock, ended.signal),
    look(plan, cast, counts, clock, ended.signal, series),
    ...cast.processes.map((each) => each.run(options)),
  ];
  const played = Promise.all(acts).finally(() => {
    over = true;
  });
  const opening = clock.now();
  clock.after(plan.duration, () => ended.abort());
  await Promise.race([played, clock.run(() => over, opening + plan.duration + STOPPING)]);
  await played;
  await Promise.all(cast.processes.map((each) => each.close()));
  return new Rehearsal({ plan, counts, series, strains: cast.stage.strains });
};

/** Longer than a process needs to stop. */
const STOPPING: Millis = 10 * MINUTE;

const arrive = async (plan: Plan, { processes }: Cast, counts: Counts, clock: StageClock, signal: AbortSignal): Promise<void> => {
  const chance = new Stream(plan.seed, 'arrivals');
  const start = clock.now();
  const [first] = processes;
  if (!first) return;
  for (let left = plan.backlog; left > 0; left -= PAGE) {
    await first.enqueueMany(
      WORK,
      Array.from({ length: Math.min(PAGE, left) }, () => ({ payload: null })),
    );
    counts.arrived += Math.min(PAGE, left);
  }
  for (let next = nextArrival(plan.rate, 0, plan.duration, chance); next < plan.duration && !signal.aborted; ) {
    await clock.sleep(start + next - clock.now(), signal);
    if (signal.aborted) return;
    await first.enqueue(WORK, null);
    counts.arrived += 1;
    next = nextArrival(plan.rate, next, plan.duration, chance);
  }
};

const PAGE = 500;

/** Looks at everything at intervals: what sources tell of the downstream each second, and a moment of the series at each step. */
const look = async (
  plan: Plan,
  { stage, remember }: Cast,
  counts: Counts,
  clock: StageClock,
  signal: AbortSignal,
  series: Moment[],
): Promise<void> => {
  let before = { arrived: 0, completed: 0, failed: 0 };
  for (let next = 0; !signal.aborted && stage.at < plan.duration; ) {
    stage.note();
    remember();
    if (stage.at >= next) {
      const { arrived, completed, failed, cap, health } = counts;
      series.push({
        at: stage.at,
        queue: counts.queue(stage.running),
        running: stage.running,
        cap,
        health,
        arrived: arrived - before.arrived,
        completed: completed - before.completed,
        failed: failed - before.failed,
        strain: stage.strain,
        metrics: stage.metrics,
      });
      before = { arrived, completed, failed };
      next += plan.step;
    }
    await clock.sleep(Math.min(SECOND, plan.step), signal);
  }
  stage.note();
};
