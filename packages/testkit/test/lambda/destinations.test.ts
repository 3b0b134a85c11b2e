import { LambdaAnswer, type LambdaEndpointOptions, ManualClock, startLambdaEndpoint } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { call } from './call.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:thumb:$LATEST';

/** An endpoint with a function `thumb`, all of whose records go to `sink`. */
const open = async (thumb: () => unknown, options: Partial<LambdaEndpointOptions> = {}, through?: 'sqs' | 'sns' | 'eventbridge') => {
  const clock = new ManualClock(Date.parse('2026-11-27T12:00:00Z'));
  // biome-ignore lint/suspicious/noExplicitAny: whatever a destination is sent
  const got: any[] = [];
  const to = { functionName: 'sink', ...(through && { through }) };
  const endpoint = await startLambdaEndpoint({
    functions: { thumb, sink: (event) => void got.push(event) },
    events: { thumb: { onSuccess: to, onFailure: to, maximumRetryAttempts: 1, maximumEventAge: 600_000 } },
    clock,
    ...options,
  });
  onTestFinished(() => endpoint.close());
  const turns = async (): Promise<void> => {
    for (let n = 0; n < 10; n += 1) await new Promise((resolve) => setImmediate(resolve));
    await endpoint.settled();
  };
  return { endpoint, clock, got, turns };
};

it('sends the record of a run that went well, with request and response', async () => {
  const { endpoint, got, turns } = await open(() => ({ made: 1 }));
  await call(endpoint, 'thumb', { body: '{"key":"cat.jpg"}' });
  await turns();
  expect(got).toEqual([
    {
      version: '1.0',
      timestamp: '2026-11-27T12:00:00.000Z',
      requestContext: { requestId: endpoint.calls[0]!.requestId, functionArn: ARN, condition: 'Success', approximateInvokeCount: 1 },
      requestPayload: { key: 'cat.jpg' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { made: 1 },
    },
  ]);
});

it('sends the record of a failure after the last run, and not before', async () => {
  const { endpoint, clock, got, turns } = await open(() => {
    throw new TypeError('out of ink');
  });
  await call(endpoint, 'thumb');
  await turns();
  expect(got).toEqual([]);
  await clock.advance(60_000);
  await turns();
  expect(got).toMatchObject([
    {
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'out of ink' },
    },
  ]);
});

it('gives up an event that waited too long, and says nothing of a response', async () => {
  let runs = 0;
  const { endpoint, clock, got, turns } = await open(() => {
    runs += 1;
  });
  endpoint.hold('thumb');
  await call(endpoint, 'thumb');
  await turns();
  await clock.advance(600_000);
  await turns();
  expect(got).toEqual([]);
  await clock.advance(1);
  await turns();
  expect(got).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 } }]);
  expect(Object.keys(got[0])).toEqual(['version', 'timestamp', 'requestContext', 'requestPayload']);
  expect(runs).toBe(0);
});

it('runs a held event when it is released', async () => {
  const { endpoint, clock, got, turns } = await open(() => 1);
  endpoint.hold('thumb');
  await call(endpoint, 'thumb');
  await turns();
  endpoint.release('thumb');
  await turns();
  expect(got).toMatchObject([{ requestContext: { condition: 'Success' } }]);
  expect(clock.sleeping).toBe(0);
});

it.each([
  ['sqs', (event: { Records: { body: string }[] }) => JSON.parse(event.Records[0]!.body)],
  ['sns', (event: { Records: { Sns: { Message: string } }[] }) => JSON.parse(event.Records[0]!.Sns.Message)],
  ['eventbridge', (event: { detail: unknown }) => event.detail],
] as const)('wraps the record as %s does', async (through, unwrap) => {
  const { endpoint, got, turns } = await open(() => ({ made: 1 }), {}, through);
  await call(endpoint, 'thumb');
  await turns();
  expect(unwrap(got[0])).toMatchObject({ requestContext: { condition: 'Success' }, responsePayload: { made: 1 } });
});

it('keeps the digits of request and response in the record', async () => {
  const { endpoint, got, turns } = await open(() => new LambdaAnswer('{"n":12345678901234567890}'), {}, 'sqs');
  await call(endpoint, 'thumb', { body: '{"n":1.0}' });
  await turns();
  expect(got[0].Records[0].body).toContain('"requestPayload":{"n":1.0}');
  expect(got[0].Records[0].body).toContain('"responsePayload":{"n":12345678901234567890}');
});

it('sends no record of a synchronous call, whose answer came or was lost', async () => {
  const { endpoint, got, turns } = await open(() => 1);
  await call(endpoint, 'thumb', { type: 'RequestResponse' });
  endpoint.next({ kind: 'reset', accepted: true });
  await expect(call(endpoint, 'thumb', { type: 'RequestResponse' })).rejects.toThrow();
  await turns();
  expect([endpoint.runs.length, got.length]).toEqual([1, 0]);
});

it('delivers an event as often as it is told to', async () => {
  const ids: string[] = [];
  const { endpoint, got, turns } = await open(() => 1, { deliveries: ({ text }) => (text === '"twice"' ? 2 : 1) });
  await call(endpoint, 'thumb', { body: '"twice"' });
  await call(endpoint, 'thumb', { body: '"once"' });
  await turns();
  for (const { functionName, requestId } of endpoint.runs) if (functionName === 'thumb') ids.push(requestId);
  expect([ids.length, new Set(ids).size, got.length]).toEqual([3, 2, 3]);
});

it('hands the client context to a function that is called synchronously', async () => {
  const seen: unknown[] = [];
  const { endpoint } = await open(() => {});
  endpoint.deploy('told', (_, { clientContext }) => seen.push(clientContext));
  const headers = { 'x-amz-client-context': Buffer.from('{"custom":{"a":1}}').toString('base64') };
  const url = `${endpoint.url}/2015-03-31/functions/told/invocations`;
  await fetch(url, { method: 'POST', headers: { ...headers, 'x-amz-invocation-type': 'RequestResponse' } });
  await fetch(url, { method: 'POST', headers: { ...headers, 'x-amz-invocation-type': 'Event' } });
  await endpoint.settled();
  expect(seen).toEqual([{ custom: { a: 1 } }, undefined]);
  expect((await fetch(url, { method: 'POST', headers: { 'x-amz-client-context': 'e3' } })).status).toBe(400);
});
