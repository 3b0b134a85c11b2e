// A process that only works: node hand.js '<config>'. It takes attempts over HTTP and reports by itself, to the store, by an Assistant of
// its own. It runs until SIGTERM, and may be killed at any instant.
import { createServer } from 'node:http';
import { type InvokeContext, type Labourer, type Lease, leaseLength, type Report, refOf } from '@reeve/core';
import { instant, LineWriter } from '../history/line.ts';
import type { HandConfig } from './config.ts';
import { LoggingInvoker } from './invokers.ts';
import { codeOf, configOf, insist, open, untilTold, watchTurns } from './process.ts';
import { workAt } from './work-at.ts';

const config = configOf<HandConfig>();
const signal = untilTold();
const log = new LineWriter(config.log);
watchTurns(log);
const reeve = open(config, new LoggingInvoker(log));
reeve.on('task.completed', ({ id }) => log.write({ kind: 'applied', at: instant(), id, verdict: 'completed' }));
reeve.on('task.dead', ({ id }) => log.write({ kind: 'applied', at: instant(), id, verdict: 'dead' }));

const isAlive = async (lease: Lease): Promise<boolean> => (await reeve.assistant.heartbeat(refOf(lease))).alive;

const whenAborted = (signal: AbortSignal): Promise<false> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });

/** Stops the work when its time is up, as a worker in production has to do by itself. */
const contextOf = (labourer: Labourer, lease: Lease): InvokeContext & { readonly end: () => void } => {
  const over = new AbortController();
  const stopAfter = (wait: number): NodeJS.Timeout => setTimeout(() => over.abort(), wait);
  let timer = stopAfter(lease.deadline - Date.now() - labourer.lease.cooldown);
  return {
    signal: over.signal,
    heartbeat: async () => {
      // A store that stands still may answer when the lease is over. Whoever waits for that must not miss that its time is up.
      const asked = Date.now();
      const alive = await Promise.race([isAlive(lease), whenAborted(over.signal)]);
      clearTimeout(timer);
      if (alive) timer = stopAfter(asked + labourer.lease.duration - Date.now());
      else over.abort();
      return alive;
    },
    end: () => clearTimeout(timer),
  };
};

/** Until it is taken, or of no more use to anybody. */
const report = async (labourer: Labourer, lease: Lease, said: Report): Promise<void> => {
  const useless = AbortSignal.timeout(2 * leaseLength(labourer));
  await insist(log, () => reeve.assistant.report(refOf(lease), said), useless);
};

const work = async (lease: Lease): Promise<void> => {
  const labourer = reeve.labourers.find(({ id }) => id === lease.labourer);
  if (!labourer) return;
  const context = contextOf(labourer, lease);
  try {
    await report(labourer, lease, await workAt(log, labourer, lease, context));
  } catch (error) {
    log.write({ kind: 'fault', at: instant(), code: codeOf(error) });
  } finally {
    context.end();
  }
};

await insist(log, () => reeve.start(), signal);
const working = new Set<Promise<void>>();
const server = createServer((asked, answer) => {
  let text = '';
  asked.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  asked.once('end', () => {
    const lease = JSON.parse(text) as Lease;
    // It has stood still for so long that another may be at work by now. Nobody but the worker can know, so a worker has to look.
    if (lease.deadline <= Date.now()) {
      answer.writeHead(410).end();
      return;
    }
    // Taken on: from here on it is ours, and its first line is written before anything else can happen.
    const task = work(lease).finally(() => working.delete(task));
    working.add(task);
    answer.writeHead(202).end();
  });
});
if (!signal.aborted) {
  server.listen(config.port, '127.0.0.1');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
server.close();
await Promise.all(working);
await reeve.close();
process.exit(0);
