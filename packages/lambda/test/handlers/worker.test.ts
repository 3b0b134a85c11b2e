/** The worker of @reeve/worker and the Assistant's handler, each in its own function of a local Lambda. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createReeve, MemoryTaskStore, type Reeve, systemClock } from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { type LambdaContext, type LambdaEndpoint, startLambdaEndpoint } from '@reeve/testkit';
import { NonRetryableError, reportTo, worker } from '@reeve/worker';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { assistant, type InvocationContext, orchestrator, type Parts } from '../../src/index.ts';
import { recordingLogger, storePart } from '../support/lambda.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:';

let endpoint: LambdaEndpoint;
let client: LambdaClient;
let parts: Parts;
let reeve: Reeve;
const ran: unknown[] = [];
beforeEach(async () => {
  ran.length = 0;
  const logger = recordingLogger();
  endpoint = await startLambdaEndpoint({ functions: {}, retryDelays: [] });
  client = new LambdaClient({ endpoint: endpoint.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await endpoint.close();
  });
  parts = {
    labourers: { thumbnails: { target: `${ARN}thumb`, maxSimultaneousInvocations: 5 } },
    store: storePart(new MemoryTaskStore({ clock: systemClock })),
    invoker: lambdaInvoker({ client }),
  };
  const assist = assistant(parts, { logger });
  const work = worker(
    async (payload: { readonly key: string }, { stats }) => {
      ran.push(payload);
      if (payload.key === 'none.jpg') throw new NonRetryableError('no such picture');
      stats['bytes'] = 3;
      return { made: `small-${payload.key}` };
    },
    { reportTo: reportTo.lambda({ functionName: 'assistant', client }) },
  );
  endpoint.deploy('assistant', (event, context: LambdaContext) => assist(event, contextOf(context)));
  endpoint.deploy('thumb', (event, context: LambdaContext) => work(event, contextOf(context)));
  const { labourers, store, invoker } = parts;
  reeve = createReeve({ labourers, use: [store!, invoker!] });
  onTestFinished(() => reeve.close());
});
const contextOf = ({ awsRequestId }: LambdaContext, remaining: number = 30_000): InvocationContext => {
  const end = Date.now() + remaining;
  return { awsRequestId, getRemainingTimeInMillis: () => end - Date.now() };
};
const serve = async (): Promise<void> => {
  const context = contextOf({ awsRequestId: 'request-1' } as LambdaContext, 1_000);
  await orchestrator(parts, { logger: recordingLogger() })({}, context);
  await endpoint.settled();
};

it('what it makes is kept, with its statistics', async () => {
  const { id } = await reeve.enqueue('thumbnails', { key: 'cat.jpg' });
  await serve();
  expect(await reeve.find({ labourer: 'thumbnails', id })).toMatchObject({
    state: 'completed',
    result: '{"made":"small-cat.jpg"}',
    stats: '{"bytes":3}',
  });
});

it('what it says cannot be done is dead at once', async () => {
  const { id } = await reeve.enqueue('thumbnails', { key: 'none.jpg' });
  await serve();
  expect(await reeve.find({ labourer: 'thumbnails', id })).toMatchObject({
    state: 'dead',
    error: expect.stringContaining('no such picture'),
  });
});

it('an event that Lambda delivers again runs once', async () => {
  const { id } = await reeve.enqueue('thumbnails', { key: 'cat.jpg' });
  await serve();
  const [call] = endpoint.calls.filter(({ functionName }) => functionName === 'thumb');
  // In a container of its own: it knows nothing of the first delivery.
  const other = worker(async (payload) => void ran.push(payload), { reportTo: reportTo.lambda({ functionName: 'assistant', client }) });
  await other(JSON.parse(call!.text), contextOf({ awsRequestId: 'again' } as LambdaContext));
  expect(ran).toHaveLength(1);
  expect(await reeve.find({ labourer: 'thumbnails', id })).toMatchObject({ state: 'completed', attempts: 1 });
});
