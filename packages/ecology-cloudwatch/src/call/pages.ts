import { type CloudWatchClient, GetMetricDataCommand, type GetMetricDataInput, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { Millis } from '@reeve/core';
import { type Found, gather } from '../answer/gather.ts';
import { limited } from './limited.ts';
import { TooLong } from './too-long.ts';

/** A call is planned to fit into one answer; CloudWatch may cut it all the same. */
const MOST_PAGES = 10;

export interface PageParts {
  readonly client: CloudWatchClient;
  /** The longest that each request may take. */
  readonly limit: Millis;
  readonly signal: AbortSignal;
}

/** Everything that a call has to say, page by page, each result by its id. @throws as the SDK does, or what stopped it */
export const readPages = async (input: GetMetricDataInput, parts: PageParts): Promise<ReadonlyMap<string, Found>> => {
  const pages: (readonly MetricDataResult[])[] = [];
  let token: string | undefined;
  do {
    const answer = await send(new GetMetricDataCommand({ ...input, ...(token !== undefined && { NextToken: token }) }), parts);
    pages.push(answer.MetricDataResults ?? []);
    token = answer.NextToken;
    // A token may come with an answer that is complete.
  } while (token !== undefined && pages.length < MOST_PAGES && lacks(input, gather(pages)));
  return cutShort(gather(pages), input, token);
};

const lacks = ({ MetricDataQueries = [] }: GetMetricDataInput, found: ReadonlyMap<string, Found>): boolean =>
  MetricDataQueries.some(({ Id = '', ReturnData }) => {
    const status = found.get(Id)?.status;
    return ReturnData !== false && (status === undefined || status === 'PartialData' || status === 'InternalError');
  });

/** What is missing while there would be more pages is not known to be without data. */
const cutShort = (
  found: ReadonlyMap<string, Found>,
  { MetricDataQueries = [] }: GetMetricDataInput,
  token: string | undefined,
): ReadonlyMap<string, Found> => {
  if (token === undefined) return found;
  const missing = MetricDataQueries.flatMap(({ Id = '' }) => (found.has(Id) ? [] : [Id]));
  return new Map([...found, ...missing.map((id) => [id, { points: [], status: 'PartialData', remark: '', isSeveral: false }] as const)]);
};

/** The SDK looks at a signal only once it has a request to send; whoever fetches its credentials may never come back. */
const send = async (command: GetMetricDataCommand, { client, limit, signal }: PageParts) => {
  const stop = limited(signal, limit);
  const stopped = new Promise<never>((_, reject) =>
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true }),
  );
  try {
    stop.signal.throwIfAborted();
    return await Promise.race([client.send(command, { abortSignal: stop.signal }), stopped]);
  } catch (error) {
    throw stop.isTooLong() ? new TooLong(limit) : error;
  } finally {
    stop.end();
  }
};
