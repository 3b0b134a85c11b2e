import assert from 'node:assert/strict';
import type { Delivery } from '@reeve/core';
import { type LambdaFault, lambdaErrors } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { labourerOf } from '../support/labourers.ts';
import { answering } from '../support/raw-server.ts';
import { open } from '../support/rig.ts';

const refused = (delivery: Delivery): Extract<Delivery, { readonly kind: 'refused' }> => {
  assert.equal(delivery.kind, 'refused');
  return delivery.kind === 'refused' ? delivery : assert.fail();
};

/** The answer to one request that goes wrong, and no run of the function. */
const after = async (fault: LambdaFault) => {
  const rig = await open();
  rig.endpoint.next(fault);
  const delivery = refused(await rig.invoke());
  await rig.endpoint.settled();
  assert.deepEqual([rig.endpoint.calls.length, rig.endpoint.runs], [1, []]);
  return delivery;
};
const no = (status: number, type: string, message: string): LambdaFault => ({ kind: 'error', status, type, message });

describe('a throttled function is refused', () => {
  it('for as long as Lambda says', async () => {
    assert.deepEqual(await after(lambdaErrors.throttled(7)), {
      kind: 'refused',
      reason: 'Lambda throttled thumb (ReservedFunctionConcurrentInvocationLimitExceeded)',
      retryAfter: 7_000,
    });
  });

  it.each([undefined, 0, -1])('for as long as core sees fit, when Lambda says %s', async (seconds) => {
    assert.equal('retryAfter' in (await after(lambdaErrors.throttled(seconds))), false);
  });

  it('by whatever name', async () => {
    assert.match((await after(no(400, 'ThrottlingException', 'Rate exceeded'))).reason, /throttled/);
  });
});

describe('what Lambda says no to is refused, with a remedy', () => {
  it('no such function', async () => {
    const rig = await open();
    const { reason } = refused(await rig.invoke({ labourer: labourerOf('prints') }));
    assert.match(
      reason,
      /^there is no function prints \(Function not found: arn:aws:lambda:.*:prints\); correct the labourer's target, or deploy/,
    );
  });

  it('no such version or alias', async () => {
    const rig = await open({}, { functions: { thumb: () => {}, 'thumb:PROD': () => {} } });
    assert.deepEqual(await rig.invoke({ labourer: labourerOf('thumb', { target: 'thumb:PROD' }) }), { kind: 'accepted' });
    assert.match(refused(await rig.invoke({ labourer: labourerOf('thumb', { target: 'thumb:TEST' }) })).reason, /no function thumb:TEST/);
  });

  it.each(['AccessDeniedException', 'ExpiredTokenException', 'InvalidSignatureException', 'UnrecognizedClientException'])(
    '403 %s',
    async (type) => {
      const { reason } = await after(no(403, type, 'not you'));
      assert.match(reason, new RegExp(`denied lambda:InvokeFunction on thumb \\(${type}: not you\\); allow it .* or mend the credentials`));
    },
  );

  it('a signature that does not fit, without what was signed', async () => {
    const message =
      "The request signature does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:hidden";
    const { reason } = await after(no(403, 'InvalidSignatureException', message));
    assert.match(reason, /does not match/);
    assert.doesNotMatch(reason, /Canonical|hidden/);
  });

  it('a page of a proxy, unquoted', async () => {
    const page = '<canary>';
    const server = await answering(`HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`);
    const rig = await open({ endpoint: server.url });
    assert.match(refused(await rig.invoke()).reason, /denied lambda:InvokeFunction on thumb \(SyntaxError: the answer is not JSON\)/);
  });

  it.each([
    [400, 'InvalidParameterValueException'],
    [409, 'ResourceConflictException'],
    [415, 'UnsupportedMediaTypeException'],
  ])('%i %s: the labourer is at fault, and its tasks live on', async (status, type) => {
    assert.match(
      (await after(no(status, type, 'mend it'))).reason,
      new RegExp(`refused to invoke thumb \\(${type}, status ${status}: mend it\\)`),
    );
  });
});
