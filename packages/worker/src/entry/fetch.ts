import type { ReportChannel, Worker } from '../api.ts';
import type { Finished, Runner } from '../attempt/runner.ts';
import { isSigned } from '../channels/sign.ts';
import type { Settings } from '../options.ts';
import { readEnvelope, type Task } from './envelope.ts';

export interface HttpParts {
  readonly runner: Runner;
  readonly settings: Settings;
  readonly channel: () => ReportChannel | undefined;
  /** @throws TypeError: there is none */
  readonly keys: () => readonly Buffer[];
}

/** A payload has at most 1 MiB. */
const LONGEST = 2 * 1024 * 1024;

/**
 * The other side of @reeve/invoker-http. What did not begin is answered as such; where another delivery may be at work, the answer is
 * one that leaves the attempt to its lease: 202 where a report comes by the channel, else 409.
 */
export const answer =
  ({ runner, settings, channel: open, keys }: HttpParts): Worker['fetch'] =>
  async (request, platform) => {
    if (request.method !== 'POST') return say(405);
    const body = await read(request);
    if (!body) return say(413);
    if (!isSigned(request.headers, body, keys(), settings.clock.now()))
      return say(401, 'compare the secrets on both sides, and the clocks');
    let task: Task;
    try {
      task = readEnvelope(JSON.parse(body.toString()));
    } catch (error) {
      return say(422, error instanceof TypeError ? error.message : 'no JSON');
    }
    const channel = open();
    const begun = await runner.begin(task, channel, Infinity);
    if (!begun.begin) return channel ? say(202) : say(409, 'it has begun here before');
    if (!channel) return responseOf((await runner.work(task, begun, channel, request.signal)).finished);

    /** How the result gets there, decided once, by whichever comes first: the end of the work, or of the waiting for it. */
    let way: 'answer' | 'channel' | undefined;
    const working = runner.work(task, begun, channel).then(async (worked) => {
      // Nobody reads the answer to a request that was given up.
      if (!way && !request.signal.aborted) {
        way = 'answer';
        return responseOf(worked.finished);
      }
      await runner.report(channel, worked).catch(settings.onLost);
      return undefined;
    });
    platform?.waitUntil?.(working);
    const over = new AbortController();
    const late = settings.clock.sleep(settings.answerWithin, over.signal).then(() => {
      if (way) return working;
      way = 'channel';
      return undefined;
    });
    const first = await Promise.race([working, late]);
    over.abort();
    return first ?? say(202);
  };

const responseOf = (finished: Finished): Response => {
  if (finished.reeve === 'failed') {
    const { error, retryable, retryAfter } = finished;
    return Response.json({ failed: { error, retryable, retryAfter } });
  }
  const { result, stats } = finished;
  return result === undefined && stats === undefined ? say(204) : Response.json({ done: result, stats });
};

const say = (status: number, problem?: string): Response =>
  problem ? Response.json({ problem }, { status }) : new Response(null, { status });

/** @returns nothing if it is too long: no more is read then */
const read = async (request: Request): Promise<Buffer | undefined> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body ?? []) {
    bytes += (part as Uint8Array).length;
    if (bytes > LONGEST) return undefined;
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
};
