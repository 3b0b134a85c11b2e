import type { Crew } from '../crew/crew.ts';
import type { Slot } from '../crew/slot.ts';
import type { FaultHistory } from '../history/history.ts';
import { instant } from '../history/line.ts';
import type { Pace } from '../pace.ts';
import { OUTAGES } from '../stages/proxy-faults.ts';
import type { Fault, Stage } from '../stages/stage.ts';
import type { Episode, Plan } from './plan.ts';

export interface DriverOptions {
  readonly plan: Plan;
  readonly stage: Stage;
  readonly crew: Crew;
  readonly pace: Pace;
  readonly random: () => number;
  readonly say: (text: string) => void;
}

export interface Driven {
  readonly faults: readonly FaultHistory[];
  readonly kills: number;
}

/** Carries out a plan: faults one after the other, and kills beside them. In the end everything stands and nothing is stopped. */
export const drive = async ({ plan, stage, crew, pace, random, say }: DriverOptions): Promise<Driven> => {
  const began = pace.now();
  const until = (at: number): Promise<void> => pace.until(began + at);
  const faults: FaultHistory[] = [];
  let kills = 0;
  const victim = (among: readonly Slot[]): Slot | undefined => {
    const there = among.filter(({ isAlive, isPaused }) => isAlive && !isPaused);
    return there[Math.floor(random() * there.length)];
  };
  const pause: Fault = async () => {
    const slot = victim(crew.workers);
    slot?.pause();
    return async () => slot?.resume();
  };
  const killOne: Fault = async () => {
    kills += 1;
    await victim(crew.workers)?.kill();
    return undefined;
  };
  const faultOf = ({ name }: Episode): Fault | undefined => {
    if (name === 'pause') return pause;
    if (name === 'kill') return killOne;
    if (name === 'storm') return async () => async () => {}; // its kills are in the plan
    return stage.faults[name];
  };
  const play = async (): Promise<void> => {
    for (const episode of plan.episodes) {
      await until(episode.from);
      say(`${(episode.from / 1_000).toFixed(1)} s: ${episode.name} for ${episode.to - episode.from} ms`);
      const from = instant();
      const end = await faultOf(episode)?.();
      await until(episode.to);
      await end?.();
      faults.push({ name: episode.name, from, to: instant(), isOutage: OUTAGES.has(episode.name) });
    }
  };
  const killing = async (): Promise<void> => {
    const under: Promise<void>[] = [];
    for (const at of plan.kills) {
      await until(at);
      // The producer is one of them, as long as there is something to enqueue.
      const slot = victim(crew.hasEnqueued ? crew.workers : [...crew.workers, crew.producer]);
      if (!slot) continue;
      kills += 1;
      under.push(slot.kill());
    }
    await Promise.all(under);
  };
  await Promise.all([play(), killing(), until(plan.length)]);
  return { faults, kills };
};
