import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startLambdaEndpoint } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { call } from './call.ts';

it('answers an asynchronous invocation with 202 and an empty body, and runs the function afterwards', async () => {
  const seen: unknown[] = [];
  const endpoint = await open({ thumb: (event, context) => void seen.push(event, context.functionName, context.run) });
  const answer = await call(endpoint, 'thumb', { body: '{"key":"cat.jpg"}' });
  expect([answer.status, answer.body]).toEqual([202, '']);
  await endpoint.settled();
  expect(seen).toEqual([{ key: 'cat.jpg' }, 'thumb', 1]);
  expect(endpoint.runs).toEqual([{ requestId: endpoint.calls[0]!.requestId, functionName: 'thumb', run: 1 }]);
});

it('records events byte for byte, refused ones too', async () => {
  const endpoint = await open({ thumb: () => {} });
  const text = ' {"big": 12345678901234567890, "one":1.0, "u":"ž\\u017e🐎"}';
  await call(endpoint, 'thumb', { body: text });
  await call(endpoint, 'missing', { body: 'not json' });
  expect(endpoint.calls.map((each) => each.text)).toEqual([text, 'not json']);
  expect(Buffer.from(endpoint.calls[0]!.body).equals(Buffer.from(text))).toBe(true);
});

it('answers a synchronous invocation with the result, and a failing function with 200 and its error', async () => {
  const endpoint = await open({
    good: () => ({ made: 3 }),
    bad: () => {
      throw new TypeError('out of ink');
    },
  });
  const good = await call(endpoint, 'good', { type: 'RequestResponse' });
  expect([good.status, good.body, good.headers.get('x-amz-function-error'), good.headers.get('x-amz-executed-version')]).toEqual([
    200,
    '{"made":3}',
    null,
    '$LATEST',
  ]);
  const bad = await call(endpoint, 'bad', { type: 'RequestResponse' });
  expect([bad.status, bad.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
  expect(JSON.parse(bad.body)).toMatchObject({ errorType: 'TypeError', errorMessage: 'out of ink' });
});

it('answers a dry run with 204 and runs nothing', async () => {
  let runs = 0;
  const endpoint = await open({
    thumb: () => {
      runs += 1;
    },
  });
  expect((await call(endpoint, 'thumb', { type: 'DryRun' })).status).toBe(204);
  expect((await call(endpoint, 'missing', { type: 'DryRun' })).status).toBe(404);
  await endpoint.settled();
  expect(runs).toBe(0);
});

it('takes names, partial and whole ARNs, and qualifiers at the end or beside', async () => {
  const seen: string[] = [];
  const endpoint = await open({ thumb: () => void seen.push('$LATEST'), 'thumb:PROD': () => void seen.push('PROD') });
  const statuses = [
    await call(endpoint, 'thumb'),
    await call(endpoint, 'thumb:$LATEST'),
    await call(endpoint, 'thumb:PROD'),
    await call(endpoint, 'thumb', { qualifier: 'PROD' }),
    await call(endpoint, '123456789012:function:thumb:PROD'),
    await call(endpoint, 'arn:aws:lambda:eu-west-1:123456789012:function:thumb:PROD'),
  ].map(({ status }) => status);
  expect(statuses).toEqual([202, 202, 202, 202, 202, 202]);
  await endpoint.settled();
  expect(seen).toEqual(['$LATEST', '$LATEST', 'PROD', 'PROD', 'PROD', 'PROD']);
});

it('counts the connections', async () => {
  const endpoint = await open({ thumb: () => 1 });
  expect(endpoint.connections).toBe(0);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let n = 0; n < 2; n += 1) await get(endpoint.url, agent);
  expect(endpoint.connections).toBe(1);
  await get(endpoint.url, new Agent());
  expect(endpoint.connections).toBe(2);
  agent.destroy();
});

it('runs a function that was put in the place of another', async () => {
  const endpoint = await open({ thumb: () => 1 });
  endpoint.deploy('thumb', () => 2);
  expect((await call(endpoint, 'thumb', { type: 'RequestResponse' })).body).toBe('2');
});

const get = async (url: string, agent: Agent): Promise<void> => {
  const [response] = (await once(request(url, { agent }).end(), 'response')) as [IncomingMessage];
  await buffer(response);
};

const open = async (functions: Parameters<typeof startLambdaEndpoint>[0]['functions']) => {
  const endpoint = await startLambdaEndpoint({ functions });
  onTestFinished(() => endpoint.close());
  return endpoint;
};
