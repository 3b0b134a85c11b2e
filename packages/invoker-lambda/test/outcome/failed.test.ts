import assert from 'node:assert/strict';
import type { Delivery } from '@reeve/core';
import { MAX_EVENT_BYTES } from '@reeve/invoker-lambda';
import { lambdaErrors } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { messageText } from '../../src/message/message.ts';
import { labourerOf, leaseOf } from '../support/labourers.ts';
import { open } from '../support/rig.ts';

const labourer = labourerOf('thumb');

/** No attempt can help: dead at once, and the labourer goes on. */
const assertHopeless = (delivery: Delivery, error: RegExp): void => {
  assert.ok(delivery.kind === 'finished' && delivery.report.kind === 'failed', delivery.kind);
  assert.equal(delivery.report.retryable, false);
  assert.match(delivery.report.error, error);
  assert.doesNotMatch(delivery.report.error, /canary/);
};

/** A payload with which the event has just so many bytes. */
const payloadFor = (bytes: number): string => {
  const rest = Buffer.byteLength(messageText('envelope', leaseOf(labourer, { payload: '"ž"' })));
  return `"ž${'x'.repeat(bytes - rest)}"`;
};

describe('an event that is too large fails for good', () => {
  it('before it is sent, one byte above the limit of Lambda', async () => {
    const rig = await open();
    assertHopeless(
      await rig.invoke({ lease: { payload: payloadFor(MAX_EVENT_BYTES + 1) } }),
      /event has 1048577 bytes, and Lambda takes 1048576; keep the data elsewhere/,
    );
    assert.equal(rig.endpoint.calls.length, 0);
  });

  it('and goes through at just the limit', async () => {
    const rig = await open();
    assert.deepEqual(await rig.invoke({ lease: { payload: payloadFor(MAX_EVENT_BYTES) } }), { kind: 'accepted' });
    assert.equal(rig.endpoint.calls[0]!.body.byteLength, MAX_EVENT_BYTES);
  });

  it('when Lambda itself says so', async () => {
    const rig = await open({}, { maxEventBytes: 1_000 });
    assertHopeless(
      await rig.invoke({ lease: { payload: payloadFor(1_001) } }),
      /found the event for thumb too large \(RequestEntityTooLargeException\)/,
    );
    rig.endpoint.next({ kind: 'error', status: 413, type: 'RequestTooLargeException', message: 'canary' });
    assertHopeless(await rig.invoke(), /too large \(RequestTooLargeException\)/);
    rig.endpoint.next({ kind: 'error', status: 413, type: 'ContentTooLarge', message: 'canary' });
    assertHopeless(await rig.invoke(), /too large \(ContentTooLarge\)/);
  });
});

it('an event that Lambda cannot read fails for good, unquoted', async () => {
  const rig = await open();
  rig.endpoint.next(lambdaErrors.invalidContent("Could not parse request body into json: Unrecognized token 'canary'"));
  assertHopeless(await rig.invoke(), /could not read the event for thumb \(InvalidRequestContentException\)/);
});

it('a payload that is not JSON never becomes an event', async () => {
  const rig = await open();
  for (const payload of ['', '{', '1},"reeve":{"id":"canary"', "{'a': 1}"])
    assertHopeless(await rig.invoke({ lease: { payload } }), /not JSON/);
  assert.equal(rig.endpoint.calls.length, 0);
});

it('a form of message that there is none of is refused: the labourer is at fault', async () => {
  const rig = await open();
  const delivery = await rig.invoke({ labourer: labourerOf('thumb', { options: { message: 'soso' } }) });
  assert.match(
    delivery.kind === 'refused' ? delivery.reason : '',
    /labourers.thumb.options.message: "soso" is no form of message; give 'envelope'/,
  );
});
