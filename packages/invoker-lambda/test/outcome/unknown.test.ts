import assert from 'node:assert/strict';
import { ReeveError } from '@reeve/core';
import { type LambdaFault, lambdaErrors } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { answering } from '../support/raw-server.ts';
import { open, type Rig } from '../support/rig.ts';

const LEASE = { payload: '{"secret":"canary"}' };

/** It throws, says why, and quotes nothing. */
const assertUnknown = async ({ invoke }: Rig, why: string): Promise<void> => {
  const outcome: unknown = await invoke({ lease: LEASE }).catch((error: unknown) => error);
  assert.ok(ReeveError.is(outcome, 'INVOKE_UNKNOWN'), JSON.stringify(outcome));
  assert.equal(outcome.kind, 'unavailable');
  assert.equal(
    outcome.message,
    `It is not known whether Lambda took the event for thumb (${why}); if no worker reports, the lease runs out [INVOKE_UNKNOWN]`,
  );
  assert.ok(outcome.cause instanceof Error);
};

/** The same whether Lambda took the event or not: the answer does not tell. */
const bothWays = async (fault: Exclude<LambdaFault, { readonly kind: 'slow' | 'silent' }>, why: string): Promise<void> => {
  for (const accepted of [false, true]) {
    const rig = await open();
    rig.endpoint.next({ ...fault, accepted });
    await assertUnknown(rig, why);
    await rig.endpoint.settled();
    assert.deepEqual([rig.endpoint.calls.length, rig.endpoint.runs.length], [1, accepted ? 1 : 0]);
  }
};
const answer = (status: number, type: string): LambdaFault & { readonly kind: 'error' } => ({
  kind: 'error',
  status,
  type,
  message: 'canary',
});

describe('it is unknown whether an attempt started', () => {
  it('when Lambda has an error of its own', () => bothWays(lambdaErrors.internal(), 'ServiceException, status 500'));

  it.each([
    [502, 'EC2ThrottledException'],
    [503, 'ServiceUnavailableException'],
    [504, 'GatewayTimeoutException'],
    [408, 'EFSMountTimeoutException'],
    [410, 'EFSIOException'],
  ])('when the answer is %i %s', (status, type) => bothWays(answer(status, type), `${type}, status ${status}`));

  it('when the connection is cut', () => bothWays({ kind: 'reset' }, 'ECONNRESET'));
});

describe('it is unknown as well when somebody else answers', () => {
  const page = '<html><body>canary</body></html>';
  const http = (status: string, body = page): string =>
    `HTTP/1.1 ${status}\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  it.each([
    ['a page of a proxy', http('503 Service Unavailable'), /status 503$/],
    ['a redirection', http('307 Temporary Redirect'), /status 307$/],
    ['half an answer', http('202 Accepted').slice(0, -20), /^ECONNRESET, status 202$/],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n', /^HPE_\w+$/],
  ])('%s', async (_, text, why) => {
    const server = await answering(text);
    const rig = await open({ endpoint: server.url });
    const outcome: unknown = await rig.invoke({ lease: LEASE }).catch((error: unknown) => error);
    assert.ok(ReeveError.is(outcome, 'INVOKE_UNKNOWN'), JSON.stringify(outcome));
    assert.match(/\(([^)]*)\);/.exec(outcome.message)?.[1] ?? '', why);
    assert.doesNotMatch(outcome.message, /canary/);
  });
});
