import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from '../contenders/contender.ts';
import { percentile } from '../figures/median.ts';
import type { Task } from '../plan/workloads.ts';
import type { Case } from './case.ts';
import { Crew } from './crew.ts';
import { payloadOf } from './payload.ts';
import type { Result } from './result.ts';

/** Until a worker that has begun is idle, in milliseconds. */
const SETTLE = 700;
/** Samples before the first that counts. */
const WARM_UP = 5;
/** Between samples, in milliseconds: uneven, so that nobody's polling falls in step. */
const GAP = { least: 5, more: 20 };
/** When a task that has not started is given up, in milliseconds. */
const PATIENCE = 10_000;

/** One task at a time, from this process to another, until its handler starts. */
export const runLatency = async (contender: Contender, asked: Case, { samples, limit }: Task & { kind: 'latency' }): Promise<Result> => {
  const producer = await contender.producer();
  if (asked.store === 'postgres') await (await import('../stores/postgres.ts')).settlePostgres(asked.url);
  const crew = await Crew.start(asked, 1);
  await crew.go();
  await sleep(SETTLE);
  const taken: number[] = [];
  const sample = async (i: number): Promise<number> => {
    const started = new Promise<number>((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error(`a task did not start in ${PATIENCE / 1_000} s`)), PATIENCE);
      crew.listen((message) => {
        if (message.kind !== 'started') return;
        clearTimeout(giveUp);
        resolve(message.after);
      });
    });
    await producer.add(payloadOf(i, process.hrtime.bigint()));
    return started;
  };
  const until = performance.now() + limit;
  // Those that poll take long for each: they have fewer samples, and one at least.
  for (let i = 0; i < samples + WARM_UP && (performance.now() < until || i === 0); i += 1) {
    taken.push(await sample(i));
    await sleep(GAP.least + Math.random() * GAP.more);
  }
  await crew.close();
  const warm = taken.slice(Math.min(WARM_UP, taken.length >> 1));
  return { value: percentile(warm, 50), p99: percentile(warm, 99), tasks: taken.length, done: taken.length, doubles: 0, stopped: false };
};
