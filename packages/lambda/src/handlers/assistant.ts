import { type Assistant, type MessageAnswer, ReeveError } from '@reeve/core';
import { reportsOfDestination } from '@reeve/invoker-lambda';
import { describeError } from '../logs/logger.ts';
import { answerOf, type HttpAnswer, requestOf } from '../reports/http.ts';
import { inLanes } from '../reports/in-lanes.ts';
import { kindOf, type Queued, unknownEvent } from '../reports/kinds.ts';
import { takeMark } from '../reports/mark.ts';
import type { Setup } from '../setup/setup.ts';
import { type Answered, handle, type Invocation } from './invocation.ts';
import type { HandlerSettings } from './settings.ts';
import type { Handler, HandlerOptions } from './types.ts';

export interface AssistantOptions extends HandlerOptions {
  /**
   * Answers signed reports that come over HTTP: `(assistant) => reportHandler(assistant, { ... })` of @reeve/invoker-http. Without it a request is
   * an event that is not known.
   */
  readonly http?: (assistant: Assistant) => (request: Request) => Promise<Response>;
}

/** What became of one report of several. */
export type OneAnswer = MessageAnswer | { readonly error: string; readonly code?: string };

export type AssistantAnswer =
  | OneAnswer
  | readonly AssistantAnswer[]
  | HttpAnswer
  | { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

type Serving = Invocation<HandlerSettings> & { readonly http?: (request: Request) => Promise<Response> };

/** Reports that are dealt with at once; those that go to the store together are one call there. */
const LANES = 25;
/** A list in a message of a topic in a queue. */
const MOST_LEVELS = 3;

/** Takes what workers report, in whatever way it comes. */
export const assistant = (setup?: Setup, options?: AssistantOptions): Handler<AssistantAnswer> => {
  const answering = new WeakMap<Assistant, (request: Request) => Promise<Response>>();
  const httpOf = ({ assistant: own }: { readonly assistant: Assistant }): Pick<Serving, 'http'> => {
    if (!options?.http) return {};
    const known = answering.get(own) ?? options.http(own);
    answering.set(own, known);
    return { http: known };
  };
  return handle({
    name: 'assistant',
    setup,
    options,
    serve: async (invocation): Promise<Answered<AssistantAnswer>> => {
      const answer = await take({ ...invocation, ...httpOf(invocation.reeve) }, invocation.event);
      return { answer }; // the events of the verdicts are logged, and an answer may be somebody else's text
    },
  });
};

const take = async (serving: Serving, event: unknown, depth: number = 0): Promise<AssistantAnswer> => {
  if (depth > MOST_LEVELS) throw unknownEvent(event, `it lies more than ${MOST_LEVELS} levels deep in lists`);
  const arrived = kindOf(event);
  switch (arrived.kind) {
    case 'message':
      return serving.reeve.assistant.receive(arrived.message);
    case 'mark':
      return takeMark(serving, arrived.mark);
    case 'destination':
      return takeMany(serving, reportsOfDestination(arrived.event), depth);
    case 'many':
      return takeMany(serving, arrived.events, depth);
    case 'queued':
      return takeQueued(serving, arrived.records, depth);
    case 'http':
      if (!serving.http || depth > 0)
        throw unknownEvent(
          event,
          'it is an HTTP request, for which the handler was given no `http`; give one, such as reportHandler of @reeve/invoker-http',
        );
      return answerOf(await serving.http(requestOf(arrived.event)));
  }
};

/**
 * Each by itself. What no repetition would mend is in the answers. If the store could not be reached for one of them the whole is an
 * error, so that whoever sent it, or Lambda, sends it again: what was taken is `repeated` then.
 */
const takeMany = async (serving: Serving, events: readonly unknown[], depth: number): Promise<readonly AssistantAnswer[]> => {
  const answers = await inLanes(events, LANES, (each) => take(serving, each, depth + 1));
  const lost = answers.find((each) => each.status === 'rejected' && !isInput(each.reason));
  if (lost?.status === 'rejected') throw lost.reason;
  return answers.map((each) => (each.status === 'fulfilled' ? each.value : refused(serving, each.reason)));
};

/** As SQS wants it: the messages that it is to keep, and to bring again. In the end they go where the queue sends what nobody could take. */
const takeQueued = async (serving: Serving, records: readonly Queued[], depth: number): Promise<AssistantAnswer> => {
  const answers = await inLanes(records, LANES, ({ body }) => take(serving, body, depth + 1));
  const failed = records.filter((_, n) => {
    const answer = answers[n];
    if (answer?.status === 'rejected') refused(serving, answer.reason);
    return answer?.status === 'rejected';
  });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

const isInput = (error: unknown): boolean => ReeveError.is(error) && error.kind === 'input';

const refused = ({ logger }: Serving, error: unknown): OneAnswer => {
  const described = describeError(error);
  logger.warn('report.refused', described);
  return described;
};
