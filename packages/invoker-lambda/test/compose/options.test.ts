import assert from 'node:assert/strict';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ReeveError } from '@reeve/core';
import { LambdaInvoker, type LambdaInvokerOptions } from '@reeve/invoker-lambda';
import { describe, it } from 'vitest';
import { SIGNED } from '../support/rig.ts';

const problemsOf = (options: object): string => {
  try {
    return `${new LambdaInvoker(options as LambdaInvokerOptions).parallelism} passed`;
  } catch (error) {
    assert.ok(ReeveError.is(error, 'INVALID_LAMBDA_INVOKER'), String(error));
    assert.equal(error.kind, 'config');
    return error.message;
  }
};

describe('the options of the invoker', () => {
  it('may all be left out', () => {
    assert.equal(problemsOf({}), '50 passed');
  });

  it('are all looked at, and all that is wrong is said at once', () => {
    const options = {
      regoin: 'eu-west-1',
      region: 'eu west',
      endpoint: 'localhost:3000',
      parallelism: 0,
      connectTimeout: 1.5,
      requestTimeout: Number.NaN,
    };
    assert.deepEqual(problemsOf(options).split('\n'), [
      'The Lambda invoker cannot work:',
      '  lambdaInvoker.regoin: is not an option; there are client, region, endpoint, credentials, parallelism, connectTimeout, requestTimeout, maxResultBytes',
      '  lambdaInvoker.parallelism: must be a whole number from 1 to 2147483647, not 0',
      '  lambdaInvoker.connectTimeout: must be a whole number from 1 to 2147483647, not 1.5',
      '  lambdaInvoker.requestTimeout: must be a whole number from 1 to 2147483647, not NaN',
      '  lambdaInvoker.region: is no region, but "eu west"; give one like eu-west-1',
      '  lambdaInvoker.endpoint: is no URL, but "localhost:3000"; give one like http://127.0.0.1:40123 [INVALID_LAMBDA_INVOKER]',
    ]);
  });

  it.each([
    [{ parallelism: '10' }, /parallelism: must be a whole number .* not "10"/],
    [{ requestTimeout: 2 ** 31 }, /requestTimeout: must be a whole number from 1 to 2147483647, not 2147483648/],
    [{ requestTimeout: 2_000, connectTimeout: 2_000 }, /connectTimeout: is 2000; it must be less than requestTimeout, which is 2000/],
    [{ connectTimeout: 20_000 }, /connectTimeout: is 20000; it must be less than requestTimeout, which is 10000/],
    [{ region: '' }, /region: is no region, but ""/],
    [{ endpoint: new URL('http://127.0.0.1') }, /endpoint: is no URL, but a object/],
    [{ endpoint: 'ftp://127.0.0.1' }, /endpoint: is no URL, but "ftp/],
    [{ client: { send: () => {} } }, /client: is no LambdaClient; give one of @aws-sdk\/client-lambda/],
    [{ client: null }, /client: is no LambdaClient/],
  ])('%j', (options, problem) => {
    assert.match(problemsOf(options), problem);
  });

  it('are not blamed for one another', () => {
    assert.equal(problemsOf({ requestTimeout: -1, connectTimeout: 5 }).split('\n').length, 2);
  });

  it('connect in half the time that a request has, if that is short', () => {
    assert.equal(problemsOf({ requestTimeout: 1_000 }), '50 passed');
  });

  it('of a client are set on the client', () => {
    const client = new LambdaClient(SIGNED);
    const said = problemsOf({
      client,
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: SIGNED.credentials,
      connectTimeout: 5,
    });
    assert.deepEqual(
      said.match(/lambdaInvoker\.\w+(?=: is given beside a client)/g),
      ['region', 'endpoint', 'credentials', 'connectTimeout'].map((name) => `lambdaInvoker.${name}`),
    );
    assert.equal(problemsOf({ client, parallelism: 7, requestTimeout: 5_000 }), '7 passed');
    client.destroy();
  });
});
