// A process that enqueues: node producer.js '<config>'. It repeats what it has no answer to, under the same ids; so does the one after it.
import { setTimeout as sleep } from 'node:timers/promises';
import { instant, LineWriter } from '../history/line.ts';
import { idOf, LABOURERS, workOf } from '../work.ts';
import type { ProducerConfig } from './config.ts';
import { LoggingInvoker } from './invokers.ts';
import { configOf, insist, open, untilTold, watchTurns } from './process.ts';

const config = configOf<ProducerConfig>();
const signal = untilTold();
const log = new LineWriter(config.log);
watchTurns(log);
const reeve = open(config, new LoggingInvoker(log)); // which it never uses

const enqueue = async (numbers: readonly number[]): Promise<string> => {
  const works = numbers.map(workOf);
  const outcomes = new Map<number, string>();
  for (const labourer of LABOURERS) {
    const own = works.filter((each) => each.labourer === labourer);
    if (own.length === 0) continue;
    const items = own.map(({ number, kind }) => ({ id: idOf(number), payload: { number, kind } }));
    const answers = await reeve.enqueueMany(labourer, items);
    for (const [n, { number }] of own.entries()) outcomes.set(number, answers[n]?.outcome === 'created' ? 'c' : 'd');
  }
  return numbers.map((number) => outcomes.get(number)).join('');
};

for (let from = config.from; from < config.to && !signal.aborted; from += config.batch) {
  const numbers = Array.from({ length: Math.min(config.batch, config.to - from) }, (_, n) => from + n);
  const answers = await insist(log, () => enqueue(numbers), signal);
  if (answers !== undefined) log.write({ kind: 'enqueued', at: instant(), from, answers });
  await sleep(config.every);
}
await reeve.close();
process.exit(0);
