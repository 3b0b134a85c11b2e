import { loadSdk } from '../aws/sdk.ts';
import type { InvocationContext } from '../handlers/types.ts';
import { describeError, type Logger } from '../logs/logger.ts';
import type { AskedJob } from './kinds.ts';

/** As much of `Lambda` of @aws-sdk/client-lambda as is used. */
export interface LambdaClient {
  invoke(input: { FunctionName: string; InvocationType: 'Event'; Payload: Uint8Array }): Promise<unknown>;
}

/**
 * Lambda stops a function that has invoked itself some 16 times in a chain, as it cannot know that this one ends. The last link is left to the next
 * round of schedules, which is a chain of its own.
 */
const MOST_LINKS = 12;

/** Lambda's limit for the event of an asynchronous invocation. */
const MOST_BYTES = 1024 * 1024;

/** Invokes this function once more with the same job and run: it goes on where the job is. @returns whether Lambda has taken that */
export const goOn = async (
  asked: AskedJob & { readonly run: string },
  context: InvocationContext,
  { client, logger }: { readonly client: LambdaClient | undefined; readonly logger: Logger },
): Promise<boolean> => {
  const { job, run, options, links } = asked;
  const name = context.invokedFunctionArn ?? context.functionName;
  const event = Buffer.from(JSON.stringify({ job, run, ...options, links: links + 1 }));
  if (name === undefined || links + 1 >= MOST_LINKS || event.byteLength > MOST_BYTES) return false;
  try {
    const lambda = client ?? (await ownClient());
    await lambda.invoke({ FunctionName: name, InvocationType: 'Event', Payload: event });
    return true;
  } catch (error) {
    logger.warn('job.not-invoked', { ...describeError(error), run });
    return false;
  }
};

const ownClient = async (): Promise<LambdaClient> => {
  const { Lambda } = await loadSdk<{ readonly Lambda: new (config: object) => LambdaClient }>('@aws-sdk/client-lambda', 'The Scheduler');
  return new Lambda({});
};
