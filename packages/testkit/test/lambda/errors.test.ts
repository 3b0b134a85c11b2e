import { type LambdaEndpoint, lambdaErrors, startLambdaEndpoint } from '@reeve/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { call } from './call.ts';

let endpoint: LambdaEndpoint;
beforeEach(async () => {
  endpoint = await startLambdaEndpoint({ functions: { thumb: () => {} }, maxEventBytes: 100 });
});
afterEach(() => endpoint.close());

it.each([
  ['a function that is not there', 'missing', {}, 404, 'ResourceNotFoundException'],
  ['an alias that is not there', 'thumb:PROD', {}, 404, 'ResourceNotFoundException'],
  ['an event that is too large', 'thumb', { body: JSON.stringify('x'.repeat(100)) }, 413, 'RequestEntityTooLargeException'],
  ['an event that is not JSON', 'thumb', { body: '{"a":' }, 400, 'InvalidRequestContentException'],
  ['an address that is none', 'a b', {}, 400, 'InvalidParameterValueException'],
  ['two qualifiers', 'thumb:PROD', { qualifier: 'TEST' }, 400, 'InvalidParameterValueException'],
  ['an unknown type of invocation', 'thumb', { type: 'Odd' as const }, 400, 'InvalidParameterValueException'],
])('refuses %s', async (_, address, request, status, type) => {
  const answer = await call(endpoint, address, request);
  expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, type]);
  expect(JSON.parse(answer.body)).toMatchObject({ Type: 'User', message: expect.any(String) });
  await endpoint.settled();
  expect(endpoint.runs).toEqual([]);
});

it('takes an event of just the limit', async () => {
  expect((await call(endpoint, 'thumb', { body: JSON.stringify('x'.repeat(98)) })).status).toBe(202);
});

it('knows no other operations', async () => {
  expect((await fetch(`${endpoint.url}/2015-03-31/functions/`)).status).toBe(404);
});

it('does what is scripted for the next calls, in their order, and then as usual', async () => {
  endpoint.next(lambdaErrors.throttled(2), undefined, lambdaErrors.denied('arn:x'), lambdaErrors.internal());
  const answers = [
    await call(endpoint, 'thumb'),
    await call(endpoint, 'thumb'),
    await call(endpoint, 'thumb'),
    await call(endpoint, 'thumb'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([429, 202, 403, 500]);
  expect(answers[0]!.headers.get('retry-after')).toBe('2');
  expect(JSON.parse(answers[0]!.body).Reason).toBe('ReservedFunctionConcurrentInvocationLimitExceeded');
  expect((await call(endpoint, 'thumb')).status).toBe(202);
});

it('cuts the connection with or without running the function', async () => {
  endpoint.next({ kind: 'reset' }, { kind: 'reset', accepted: true });
  await expect(call(endpoint, 'thumb')).rejects.toThrow();
  await expect(call(endpoint, 'thumb')).rejects.toThrow();
  await endpoint.settled();
  expect([endpoint.calls.length, endpoint.runs.length]).toEqual([2, 1]);
});

it('answers with an error though it runs the function', async () => {
  endpoint.next({ ...lambdaErrors.internal(), accepted: true });
  expect((await call(endpoint, 'thumb')).status).toBe(500);
  await endpoint.settled();
  expect([endpoint.calls.length, endpoint.runs.length]).toEqual([1, 1]);
});

it('keeps silent for ever, and lets go when it is closed', async () => {
  endpoint.next({ kind: 'silent', accepted: true });
  const answer = call(endpoint, 'thumb').then(
    () => 'answered',
    () => 'cut',
  );
  while (endpoint.runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await endpoint.close();
  await endpoint.close();
  expect(await answer).toBe('cut');
});

it('answers late when told to', async () => {
  let go!: () => void;
  endpoint.next({
    kind: 'slow',
    until: new Promise<void>((resolve) => {
      go = resolve;
    }),
  });
  const late = call(endpoint, 'thumb');
  expect((await call(endpoint, 'thumb')).status).toBe(202);
  expect(endpoint.calls).toHaveLength(2);
  go();
  expect((await late).status).toBe(202);
});
