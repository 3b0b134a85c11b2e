import { checkIntervals } from '@reeve/testkit';
import type { Contender } from '../contenders/contender.ts';
import type { Task } from '../plan/workloads.ts';
import type { Case } from './case.ts';
import { Crew } from './crew.ts';
import { payloadsOf } from './payload.ts';
import type { Result } from './result.ts';

/** Several processes under one cap, with tasks that take a while: how many handlers were under way at one instant, over all of them. */
export const runCap = async (contender: Contender, asked: Case, { tasks, processes, limit }: Task & { kind: 'drain' }): Promise<Result> => {
  const producer = await contender.producer();
  await producer.addMany(payloadsOf(tasks));
  const crew = await Crew.start(asked, processes);
  const since = performance.now();
  const complete = crew.handles(tasks, limit);
  crew.tell('go');
  const all = await complete;
  const seconds = (performance.now() - since) / 1_000;
  const spans = (await crew.reports()).flatMap((report) => report.spans);
  await crew.close();
  const held = spans.map(({ i, start, end }) => ({ id: String(i), attempt: 1, start, end, outcome: 'applied' }));
  const { most, doubles } = checkIntervals(held, Number.POSITIVE_INFINITY);
  const done = new Set(spans.map(({ i }) => i)).size;
  return { value: done / seconds, most, tasks, done, doubles: doubles.length, stopped: !all };
};
