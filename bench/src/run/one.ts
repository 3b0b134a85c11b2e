// One run in a process of its own: node one.js '<case>'. The result goes over its channel.
import { entryOf } from '../plan/entries.ts';
import { runCap } from './cap.ts';
import { type Case, setupOf } from './case.ts';
import { runDrain } from './drain.ts';
import { runBulk, runEnqueue } from './enqueue.ts';
import { runLatency } from './latency.ts';
import type { Result } from './result.ts';

const asked = JSON.parse(process.argv[2] ?? '') as Case;
const contender = await entryOf(asked.store, asked.entry).open(setupOf(asked));

const run = async (): Promise<Result> => {
  const { task } = asked;
  if (asked.workload === 'cap' && task.kind === 'drain') return runCap(contender, asked, task);
  switch (task.kind) {
    case 'enqueue':
      return runEnqueue(contender, task);
    case 'bulk':
      return runBulk(contender, task);
    case 'drain':
      return runDrain(contender, asked, task);
    case 'latency':
      return runLatency(contender, asked, task);
  }
};

process.once('disconnect', () => process.exit(1)); // nobody is left to measure for
await contender.reset();
const result = await run();
process.send?.(result, () => process.exit(0)); // with what the framework still holds open
