import assert from 'node:assert/strict';
import { createReeve, memoryStore, ReeveError } from '@reeve/core';
import { LambdaInvoker, lambdaInvoker } from '@reeve/invoker-lambda';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { labourerOf } from '../support/labourers.ts';
import { withoutAws } from '../support/without-aws.ts';

beforeEach(() => withoutAws(vi));
afterEach(() => {
  vi.unstubAllEnvs();
});

const linesOf = (build: () => unknown): readonly string[] => {
  try {
    build();
  } catch (error) {
    assert.ok(ReeveError.is(error, 'INVALID_COMPOSITION'), String(error));
    return error.message.split('\n');
  }
  return assert.fail('it was put together');
};
const labourer = (target: string, options: object = {}) => ({ target, maxSimultaneousInvocations: 1, options: { ...options } });

describe('a composition', () => {
  it('says all that is wrong with the targets and options of all labourers at once', () => {
    const labourers = {
      thumbs: labourer('arn:aws:sqs:eu-west-1:123456789012:thumbs', { message: 'soso' }),
      prints: labourer('prints:0', { qualifier: 'PROD', Timeout: 3, invocation_type: 'RequestResponse', healthMetrics: {} }),
      copies: labourer('arn:aws:lambda:us-east-1:123456789012:function:copies', { messageForm: 'sosw' }),
      sound: labourer('arn:aws:lambda:eu-west-1:123456789012:function:sound:PROD', { message: 'sosw', healthMetrics: {} }),
    };
    assert.deepEqual(
      linesOf(() => createReeve({ labourers, use: [memoryStore(), lambdaInvoker({ region: 'eu-west-1' })] })),
      [
        'This composition cannot work:',
        '  labourers.thumbs.target: "arn:aws:sqs:eu-west-1:123456789012:thumbs" is not the address of a Lambda function; an ARN is like arn:aws:lambda:eu-west-1:123456789012:function:thumbnails or the same with :PROD or :7 at its end',
        "  labourers.thumbs.options.message: \"soso\" is no form of message; give 'envelope', 'sosw', 'beside' or 'payload'",
        '  labourers.prints.target: has the version 0; versions count from 1, and an alias is not a number',
        '  labourers.prints.options.qualifier: is not an option of the Lambda invoker; add the version or alias to the target: thumbnails:PROD',
        '  labourers.prints.options.Timeout: is not an option of the Lambda invoker; set the lease duration of the labourer, and the timeout of the function itself',
        "  labourers.prints.options.invocation_type: is not an option of the Lambda invoker; call it invocation, and give 'async' for Event or 'sync' for RequestResponse",
        '  labourers.copies.target: is in us-east-1, and the client asks eu-west-1, which cannot reach it; give lambdaInvoker the region of the functions',
        '  labourers.copies.options.messageForm: is not an option of the Lambda invoker; call it message [INVALID_COMPOSITION]',
      ],
    );
  });

  it('says what is wrong with the invoker itself', () => {
    const lines = linesOf(() =>
      createReeve({ labourers: { thumbs: labourer('thumb') }, use: [memoryStore(), lambdaInvoker({ parallelism: -1, endpoint: 'no' })] }),
    );
    assert.match(lines.join('\n'), /use \(Invoker\): it could not be built: The Lambda invoker cannot work:\n.*parallelism.*\n.*endpoint/);
  });

  it('has one invoker', () => {
    const lines = linesOf(() =>
      createReeve({ labourers: { thumbs: labourer('thumb') }, use: [memoryStore(), lambdaInvoker(), lambdaInvoker()] }),
    );
    assert.match(lines.join('\n'), /use \(Invoker\): 2 parts provide it; leave one/);
  });

  it('needs no region and no credentials to be put together', () => {
    createReeve({ labourers: { thumbs: labourer('thumb') }, use: [memoryStore(), lambdaInvoker()] });
  });
});

describe('the region of an ARN', () => {
  const problems = (invoker: LambdaInvoker) =>
    invoker.check(labourerOf('thumb', { target: 'arn:aws:lambda:us-east-1:123456789012:function:thumb' }));

  it('is compared with AWS_REGION where no region is given', () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    assert.match(problems(new LambdaInvoker())[0]?.problem ?? '', /is in us-east-1, and the client asks eu-west-1/);
    assert.deepEqual(problems(new LambdaInvoker({ region: 'us-east-1' })), []);
  });

  it('is not compared with what is not known', () => {
    assert.deepEqual(problems(new LambdaInvoker()), []);
  });

  it('is no matter to a Lambda at an address of its own', () => {
    assert.deepEqual(problems(new LambdaInvoker({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:1' })), []);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    assert.deepEqual(problems(new LambdaInvoker({ region: 'eu-west-1' })), []);
  });
});

it.each(['Message', 'message_format', 'messages'])('%s is called message', (name) => {
  const problems = new LambdaInvoker().check(labourerOf('thumb', { options: { [name]: 'sosw' } }));
  assert.deepEqual(problems, [
    { path: `labourers.thumb.options.${name}`, problem: 'is not an option of the Lambda invoker; call it message' },
  ]);
});

it.each(['Invocation', 'invoke', 'invocation-type'])('%s is called invocation', (name) => {
  const [found] = new LambdaInvoker().check(labourerOf('thumb', { options: { [name]: 'sync' } }));
  assert.equal(found?.path, `labourers.thumb.options.${name}`);
  assert.match(found?.problem ?? '', /is not an option of the Lambda invoker; call it invocation/);
});

it.each([[null], [true], ['RequestResponse'], ['Sync']])('%j is no way to invoke a function', (invocation) => {
  const [problem] = new LambdaInvoker().check(labourerOf('thumb', { options: { invocation } }));
  assert.equal(problem?.path, 'labourers.thumb.options.invocation');
  assert.match(problem?.problem ?? '', /is no way to invoke a function; give 'async' or 'sync'$/);
});

it('a payload alone is for synchronous invocations: asynchronous ones would have no attempt', () => {
  const check = (options: object) => new LambdaInvoker().check(labourerOf('thumb', { options }));
  assert.deepEqual(check({ message: 'payload', invocation: 'sync' }), []);
  assert.deepEqual(check({ message: 'beside' }), []);
  const [problem] = check({ message: 'payload' });
  assert.equal(problem?.path, 'labourers.thumb.options.message');
  assert.match(problem?.problem ?? '', /no place for the attempt; give 'beside', or set invocation to 'sync'/);
});

it.each([[null], [7], [{}], ['SOSW'], ['']])('%j is no form of message', (message) => {
  const [problem] = new LambdaInvoker().check(labourerOf('thumb', { options: { message } }));
  assert.equal(problem?.path, 'labourers.thumb.options.message');
});
