import type { Handler, ReportChannel, Worker, WorkerOptions } from './api.ts';
import { Runner } from './attempt/runner.ts';
import { readEnvelope } from './entry/envelope.ts';
import { answer } from './entry/fetch.ts';
import { keysOf, settingsOf } from './options.ts';
import { channelOf } from './report-to.ts';

/**
 * Makes a worker of a function, for Lambda and for HTTP.
 * @throws TypeError for an option that does not do
 */
// biome-ignore lint/suspicious/noExplicitAny: each handler knows the type of its own payload; `any` lets it say so
export const worker = <Payload = any, Result = unknown>(handler: Handler<Payload, Result>, options: WorkerOptions = {}): Worker => {
  const settings = settingsOf(options);
  const given = keysOf(options.secret);
  const runner = new Runner(handler, settings);
  // Not before it is needed: an environment may be set after this module was loaded.
  let known = options.reportTo;
  const channel = (): ReportChannel | undefined => {
    known ??= channelOf(process.env);
    return known;
  };
  const keys = (): readonly Buffer[] => {
    const all = given.length > 0 ? given : keysOf(process.env['REEVE_SECRET']);
    if (all.length > 0) return all;
    throw new TypeError('worker: secret: is missing, and anybody could start work; give it, or set REEVE_SECRET');
  };

  const onLambda = async (event: unknown, context: Parameters<Worker>[1] = {}): ReturnType<Worker> => {
    const to = channel();
    if (!to) throw new TypeError('worker: reportTo: is missing; give a channel, or set REEVE_ASSISTANT to the name of the function');
    const task = readEnvelope(event);
    const platformLeft = (): number => context.getRemainingTimeInMillis?.() ?? Infinity;
    const begun = await runner.begin(task, to, platformLeft());
    if (!begun.begin) return begun;
    const { finished, until } = await runner.work(task, begun, to);
    const outcome = await runner.report(to, { finished, until: Math.min(until, settings.clock.now() + platformLeft()) });
    return { reported: finished.reeve, outcome };
  };
  return Object.assign(onLambda, { fetch: answer({ runner, settings, channel, keys }) });
};
