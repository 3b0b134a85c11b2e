/** A worker of a few lines, as anybody might write it in any language: it asks whether it may begin, and says what came of it. */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { MessageAnswer, WorkerMessage } from '@reeve/core';

export interface Envelope {
  readonly reeve: { readonly labourer: string; readonly id: string; readonly token: string; readonly attempt: number };
  readonly payload: { readonly do: 'succeed' | 'fail' | 'succeed at last' | 'die at first'; readonly secret?: string };
}

export interface Told {
  readonly ran: { readonly id: string; readonly attempt: number }[];
  /** Deliveries that were told not to begin. */
  readonly turnedAway: string[];
  readonly messages: WorkerMessage[];
}

export const plainWorker = (client: LambdaClient, assistant: string, told: Told) => {
  let deliveries = 0;
  const say = async (message: WorkerMessage, InvocationType: 'Event' | 'RequestResponse'): Promise<MessageAnswer | undefined> => {
    told.messages.push(message);
    const answer = await client.send(new InvokeCommand({ FunctionName: assistant, InvocationType, Payload: JSON.stringify(message) }));
    if (answer.FunctionError !== undefined) throw new Error(answer.Payload?.transformToString());
    return InvocationType === 'Event' ? undefined : (JSON.parse(answer.Payload!.transformToString()) as MessageAnswer);
  };
  return async ({ reeve, payload }: Envelope): Promise<void> => {
    const { labourer, id, token, attempt: number } = reeve;
    const attempt = { labourer, id, token };
    if (payload.do === 'die at first' && number === 1) return void told.ran.push({ id, attempt: number });
    deliveries += 1;
    const begun = await say({ reeve: 'start', attempt, delivery: `delivery-${deliveries}` }, 'RequestResponse');
    if (!begun || !('begin' in begun) || !begun.begin) return void told.turnedAway.push(id);
    told.ran.push({ id, attempt: number });
    if (payload.do === 'succeed' || (payload.do !== 'fail' && number > 1)) {
      await say({ reeve: 'done', attempt, result: { size: 7 }, stats: { pages: 2 } }, 'Event');
    } else await say({ reeve: 'failed', attempt, error: 'TimeoutError: no answer' }, 'Event');
  };
};
