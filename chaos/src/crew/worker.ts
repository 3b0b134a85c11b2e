// A process that orchestrates and works: node worker.js '<config>'. It runs until SIGTERM, and may be killed at any instant.
import { instant, LineWriter } from '../history/line.ts';
import type { WorkerConfig } from './config.ts';
import { HandingInvoker } from './invokers.ts';
import { codeOf, configOf, insist, open, untilTold, watchTurns } from './process.ts';

const config = configOf<WorkerConfig>();
const signal = untilTold();
const log = new LineWriter(config.log);
watchTurns(log);
const reeve = open(config, new HandingInvoker(log, config.hands));

reeve.on('task.completed', ({ id }) => log.write({ kind: 'applied', at: instant(), id, verdict: 'completed' }));
reeve.on('task.dead', ({ id }) => log.write({ kind: 'applied', at: instant(), id, verdict: 'dead' }));
const fault = ({ error }: { readonly error: unknown }): void => log.write({ kind: 'fault', at: instant(), code: codeOf(error) });
reeve.on('store.failed', fault);
reeve.on('labourer.failed', fault);
reeve.on('sweep', ({ errors }) => {
  for (const error of errors) fault({ error });
});

await insist(log, () => reeve.start(), signal);
if (!signal.aborted) await reeve.run({ signal, pollEvery: 200, sweepEvery: 1_000, drain: 2 * config.lease, grace: 2_000 });
await reeve.close();
process.exit(0);
