import {
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { type Labourer, leaseLength, SECOND } from '@reeve/core';
import type { Notebook } from '../report/finding.ts';

/** What Lambda does by itself unless it is told otherwise: how often it runs an event again that failed, and how long one may wait, in seconds. */
const LAMBDA_RETRIES = 2;
const LAMBDA_AGE = 21_600;

/** One after another, two requests for each labourer. @returns the requests that were made */
export const lookAtFunctions = async (lambda: LambdaClient, known: readonly Labourer[], notes: Notebook): Promise<number> => {
  let requests = 0;
  for (const each of known) {
    requests += 1;
    const found = await ask(() => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: each.target })));
    if (found.kind === 'missing') {
      notes.fail(
        'LAMBDA_MISSING',
        each.id,
        `there is no function ${each.target}`,
        'mend its arn, or leave the labourer out: its tasks would be refused',
      );
      continue;
    }
    if (found.kind === 'failed') {
      notes.note(
        'LAMBDA_NOT_SEEN',
        each.id,
        `its function could not be looked at (${found.name})`,
        'allow lambda:GetFunctionConfiguration, and ask again',
      );
      continue;
    }
    judgeConfiguration(each, found.answer, notes);
    requests += 1;
    const invoked = await ask(() => lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: each.target })));
    if (invoked.kind === 'failed')
      notes.note(
        'LAMBDA_NOT_SEEN',
        each.id,
        `how its function is invoked could not be looked at (${invoked.name})`,
        'allow lambda:GetFunctionEventInvokeConfig, and ask again',
      );
    // Where nobody has configured any, there is none, and Lambda's own rules count.
    else judgeEvents(each, invoked.kind === 'found' ? invoked.answer : {}, notes);
  }
  return requests;
};

type Asked<Answer> =
  | { readonly kind: 'found'; readonly answer: Answer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly name: string };

const ask = async <Answer>(send: () => Promise<Answer>): Promise<Asked<Answer>> => {
  try {
    return { kind: 'found', answer: await send() };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    return name === 'ResourceNotFoundException' ? { kind: 'missing' } : { kind: 'failed', name };
  }
};

const judgeConfiguration = (labourer: Labourer, { Timeout = 3, State }: GetFunctionConfigurationCommandOutput, notes: Notebook): void => {
  const { id, lease, retry } = labourer;
  const length = leaseLength(labourer) / SECOND;
  if (Timeout > length)
    notes.warn(
      'LAMBDA_TIMEOUT',
      id,
      `its function may run for ${Timeout} s, and its lease ends after ${length} s: a slow attempt is retried while it still works`,
      `give it duration: ${Timeout}, or let it time out sooner`,
    );
  else notes.ok('LAMBDA', id, `its function is there, and times out after ${Timeout} s; its lease lasts ${length} s`);
  if (State !== undefined && State !== 'Active' && State !== 'Inactive')
    notes.warn('LAMBDA_STATE', id, `its function is ${State}`, 'look at it in the console: it cannot be invoked so');
  if (retry.kind === 'linear' && retry.step !== Timeout * SECOND)
    notes.note(
      'RETRY_WAIT',
      id,
      `after an expiry sosw waits ${Timeout} s for each attempt that there was, Reeve ${retry.step / SECOND} s (the lease's duration, ${lease.duration / SECOND} s)`,
      `for sosw's pace give it retry: { kind: 'linear', step: ${Timeout * SECOND} }`,
    );
};

interface OfEvents {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
}

const judgeEvents = (labourer: Labourer, answer: OfEvents, notes: Notebook): void => {
  const { id } = labourer;
  const { MaximumRetryAttempts: retries = LAMBDA_RETRIES, MaximumEventAgeInSeconds: age = LAMBDA_AGE } = answer;
  const length = leaseLength(labourer) / SECOND;
  if (retries === 0) notes.ok('LAMBDA_RETRIES', id, 'Lambda does not run failed events again by itself');
  else
    notes.warn(
      'LAMBDA_RETRIES',
      id,
      `Lambda runs a failed event ${retries} more time${retries === 1 ? '' : 's'} by itself, as the same attempt, while sosw or Reeve retries it as a new one`,
      'PutFunctionEventInvokeConfig with MaximumRetryAttempts 0',
    );
  if (age > length)
    notes.note(
      'LAMBDA_EVENT_AGE',
      id,
      `an event may wait for ${age} s in Lambda's own queue, when the function is throttled: longer than its lease of ${length} s, and then it runs beside its retry`,
      `PutFunctionEventInvokeConfig with MaximumEventAgeInSeconds ${Math.max(60, Math.floor(length))}, and a reserved concurrency of no less than the cap`,
    );
};
