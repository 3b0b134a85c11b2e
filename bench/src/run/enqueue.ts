import type { Contender, Producer } from '../contenders/contender.ts';
import type { Task } from '../plan/workloads.ts';
import { payloadOf, payloadsOf } from './payload.ts';
import type { Result } from './result.ts';

const WARM_UP = 500;

const secondsSince = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e9;

const answer = async (producer: Producer, tasks: number, before: number, seconds: number): Promise<Result> => {
  const all = before + tasks;
  const done = await producer.unfinished();
  await producer.close();
  return { value: tasks / seconds, tasks: all, done, doubles: 0, stopped: false };
};

/** Hands over tasks for a while, so many calls under way at any time. */
export const runEnqueue = async (contender: Contender, { inFlight, warmUp, millis }: Task & { kind: 'enqueue' }): Promise<Result> => {
  const producer = await contender.producer();
  let count = 0;
  const handOver = async (until: bigint): Promise<void> => {
    while (process.hrtime.bigint() < until) {
      count += 1;
      await producer.add(payloadOf(count));
    }
  };
  const during = async (length: number): Promise<number> => {
    const start = process.hrtime.bigint();
    const until = start + BigInt(length) * 1_000_000n;
    await Promise.all(Array.from({ length: inFlight }, () => handOver(until)));
    return secondsSince(start);
  };
  await during(warmUp);
  const before = count;
  const seconds = await during(millis);
  return answer(producer, count - before, before, seconds);
};

/** Hands over all of them with the call for many. */
export const runBulk = async (contender: Contender, { tasks }: Task & { kind: 'bulk' }): Promise<Result> => {
  const producer = await contender.producer();
  await producer.addMany(payloadsOf(WARM_UP));
  const payloads = payloadsOf(tasks, WARM_UP);
  const start = process.hrtime.bigint();
  await producer.addMany(payloads);
  return answer(producer, tasks, WARM_UP, secondsSince(start));
};
