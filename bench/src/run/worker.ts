// A worker process: node worker.js '<case>'. It says `ready` once everything is loaded and connected, and then does as it is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { entryOf } from '../plan/entries.ts';
import { type Case, setupOf } from './case.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { type Span, Tally } from './tally.ts';

/** How long a task takes where the cap is checked, in milliseconds: long enough for all that may to overlap. */
const HELD = 10;
/** Between two words of how many are handled, in milliseconds. Who handles all by itself says so at once. */
const EVERY = 3;

const asked = JSON.parse(process.argv[2] ?? '') as Case;
let said = 0;
const say = (message: FromWorker): void => void process.send?.(message);
const tasks = 'tasks' in asked.task ? asked.task.tasks : 0;
const alone = setupOf(asked).processes === 1;
const tally = new Tally(tasks, () => alone && tell());
const spans: Span[] = [];

const tell = (): void => {
  const handled = asked.workload === 'cap' ? spans.length : tally.handled;
  if (handled !== said) say({ kind: 'handled', handled });
  said = handled;
};

const spanned: typeof tally.handler = async (payload) => {
  const start = process.hrtime.bigint();
  await tally.handler(payload);
  await sleep(HELD);
  spans.push({ i: payload.i, start, end: process.hrtime.bigint() });
};

const timed: typeof tally.handler = async ({ at = '0' }) => {
  say({ kind: 'started', after: Number(process.hrtime.bigint() - BigInt(at)) / 1e6 });
};

const handlers = { cap: spanned, latency: timed } as const;
const handler = asked.workload === 'cap' || asked.workload === 'latency' ? handlers[asked.workload] : tally.handler;

const contender = await entryOf(asked.store, asked.entry).open(setupOf(asked));
const worker = await contender.worker(handler);
let since = process.cpuUsage();

const report = (): void => {
  const { user, system } = process.cpuUsage(since);
  const memory = process.resourceUsage().maxRSS * 1024;
  const { times, marks, most } = tally;
  say({ kind: 'report', report: { times, marks, most, spans, memory, cpu: (user + system) / 1e6 } });
};

const obey = async (message: ToWorker): Promise<void> => {
  if (message === 'go') {
    since = process.cpuUsage();
    setInterval(tell, EVERY);
    await worker.start();
    say({ kind: 'going' });
  } else if (message === 'report') {
    report();
  } else {
    await worker.close();
    process.exit(0);
  }
};

process.on('message', (message: ToWorker) => void obey(message));
process.once('disconnect', () => process.exit(1)); // nobody is left to measure for
say({ kind: 'ready' });
