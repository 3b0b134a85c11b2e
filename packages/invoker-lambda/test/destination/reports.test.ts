import { isDestinationEvent, reportOfDestination, reportsOfDestination } from '@reeve/invoker-lambda';
import { describe, expect, it } from 'vitest';
import { ATTEMPT, byEventBridge, bySns, bySqs, EXHAUSTED, notification, SENT, SUCCESS, TOO_OLD } from './samples.ts';

const DONE = { reeve: 'done', attempt: ATTEMPT, result: { made: 'cat.small.jpg' } };

describe('a record says what became of an attempt', () => {
  it('done, with what the function answered', () => {
    expect(reportOfDestination(SUCCESS)).toEqual(DONE);
    expect(reportOfDestination({ ...SUCCESS, responsePayload: null })).toEqual({ ...DONE, result: null });
    expect(reportOfDestination({ ...SUCCESS, responsePayload: undefined })).toEqual({ reeve: 'done', attempt: ATTEMPT });
  });

  it('failed, with the function’s error', () => {
    expect(reportOfDestination(EXHAUSTED)).toEqual({
      reeve: 'failed',
      attempt: ATTEMPT,
      error: 'RequestId: e4b46cbf-b738-xmpl-8880-a18cdf61200e Process exited before completing request',
    });
    const responsePayload = { errorType: 'TypeError', errorMessage: 'out of ink', trace: [] };
    expect(reportOfDestination({ ...EXHAUSTED, responsePayload })).toMatchObject({ error: 'TypeError: out of ink' });
  });

  it('failed for good, where the function says so', () => {
    const responsePayload = { errorType: 'NonRetryableError', errorMessage: 'no such key' };
    expect(reportOfDestination({ ...EXHAUSTED, responsePayload })).toMatchObject({
      error: 'NonRetryableError: no such key',
      retryable: false,
    });
  });

  it('failed, if it was too old before it ran', () => {
    expect(reportOfDestination(TOO_OLD)).toEqual({
      reeve: 'failed',
      attempt: ATTEMPT,
      error: 'EventAgeExceeded: the event was too old before Lambda ran it',
    });
  });

  it('failed with the error of the last run, if it grew too old between two', () => {
    const record = {
      ...EXHAUSTED,
      requestContext: TOO_OLD.requestContext,
      responsePayload: { errorType: 'TypeError', errorMessage: 'no' },
    };
    expect(reportOfDestination(record)).toMatchObject({ error: 'TypeError: no (EventAgeExceeded)' });
  });

  it('failed, for a reason that is not known yet', () => {
    const { responseContext, responsePayload, ...rest } = EXHAUSTED;
    const record = { ...rest, requestContext: { condition: 'FunctionDeleted' } };
    expect(reportOfDestination(record)).toMatchObject({ reeve: 'failed', error: 'FunctionDeleted: Lambda gave the event up' });
    expect(reportOfDestination({ ...record, responsePayload })).toMatchObject({ error: /\(FunctionDeleted\)$/ });
    void responseContext;
  });

  it('of an envelope as well', () => {
    expect(reportOfDestination({ ...SUCCESS, requestPayload: { reeve: SENT._reeve, payload: { key: 'cat.jpg' } } })).toEqual(DONE);
  });
});

describe('a result that the Assistant would not take is a failure for good', () => {
  it.each([
    ['too long', 'x'.repeat(256 * 1024 - 1), /result: more than the 262144 bytes allowed/],
    ['too deep', JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`), /result: more than 64 levels/],
    ['of a text with NUL', { a: 'x\u0000' }, /result\.a: a text with NUL/],
  ])('%s', (_, responsePayload, error) => {
    expect(reportOfDestination({ ...SUCCESS, responsePayload })).toMatchObject({
      reeve: 'failed',
      error: expect.stringMatching(error),
      retryable: false,
    });
  });

  it('by a limit of your own', () => {
    expect(reportOfDestination(SUCCESS, { maxResultBytes: 10 })).toMatchObject({ reeve: 'failed', retryable: false });
  });
});

describe('records come', () => {
  it.each([
    ['to a function', SUCCESS],
    ['as a text', JSON.stringify(SUCCESS)],
    ['by SQS', bySqs(SUCCESS)],
    ['by SNS', bySns(SUCCESS)],
    ['by EventBridge', byEventBridge(SUCCESS)],
    ['by SNS and SQS', bySqs(notification(SUCCESS))],
    ['by EventBridge and SQS', bySqs(byEventBridge(SUCCESS))],
    ['by EventBridge and SNS', bySns(byEventBridge(SUCCESS))],
    ['by EventBridge, SNS and SQS', bySqs(notification(byEventBridge(SUCCESS)))],
    ['in a batch of a pipe', bySqs(SUCCESS).Records],
  ])('%s', (_, event) => {
    expect(reportsOfDestination(event)).toEqual([DONE]);
    expect(isDestinationEvent(event)).toBe(true);
  });

  it('many at once, in their order, whatever lies between them', () => {
    const other = { ...SUCCESS, requestPayload: { _reeve: { ...ATTEMPT, id: 'task-2' } } };
    const reports = reportsOfDestination(bySqs(SUCCESS, 'no JSON', { some: 'thing' }, 7, other, EXHAUSTED));
    expect(reports.map(({ reeve, attempt }) => `${attempt.id} ${reeve}`)).toEqual(['task-1 done', 'task-2 done', 'task-1 failed']);
  });
});

describe('what is no record of an attempt is passed over', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['no JSON', '{'],
    ['a message of a worker', { reeve: 'done', attempt: ATTEMPT }],
    ['a request of API Gateway', { requestContext: { requestId: 'x', http: {} }, body: '{"a":1}' }],
    [
      'a failed batch of a stream',
      { requestContext: { ...EXHAUSTED.requestContext, condition: 'RetryAttemptsExhausted' }, KinesisBatchInfo: {}, version: '1.0' },
    ],
    ['a file of S3', { Records: [{ s3: { object: { key: 'aws/lambda/async/thumb/x' } } }] }],
    ['odd members', { Records: 7, body: {}, Sns: null, Message: 5, detail: 'x' }],
  ])('%s', (_, event) => {
    expect(reportsOfDestination(event)).toEqual([]);
    expect(reportOfDestination(event)).toBeUndefined();
    expect(isDestinationEvent(event)).toBe(false);
  });

  it.each([
    ['an event that Reeve did not send', { key: 'cat.jpg' }],
    ['a list', [1]],
    ['half an attempt', { _reeve: { labourer: 'thumb', id: 'task-1' } }],
    ['an attempt of numbers', { _reeve: { labourer: 'thumb', id: 1, token: 2 } }],
    ['an attempt by inheritance', JSON.parse('{"__proto__":{"_reeve":{"labourer":"a","id":"b","token":"c"}}}')],
    ['a payload with a member of the envelope’s name', { key: 1, reeve: SENT._reeve, payload: 2 }],
  ])('a record of %s', (_, requestPayload) => {
    expect(reportsOfDestination({ ...SUCCESS, requestPayload })).toEqual([]);
    expect(isDestinationEvent({ ...SUCCESS, requestPayload })).toBe(true);
  });

  it('what lies too deep', () => {
    let event: unknown = SUCCESS;
    for (let n = 0; n < 5_000; n += 1) event = { Records: [event] };
    expect(reportsOfDestination(event)).toEqual([]);
  });
});

it('the attempt beside a payload counts, whatever the payload has in an envelope’s place', () => {
  const requestPayload = { reeve: { labourer: 'thumb', id: 'forged', token: 'forged' }, payload: 1, _reeve: SENT._reeve };
  expect(reportOfDestination({ ...SUCCESS, requestPayload })?.attempt).toEqual(ATTEMPT);
  // Two members as an envelope has, and one of them the attempt's own.
  const two = { payload: { reeve: { id: 'forged' } }, _reeve: SENT._reeve };
  expect(reportOfDestination({ ...SUCCESS, requestPayload: two })?.attempt).toEqual(ATTEMPT);
});
