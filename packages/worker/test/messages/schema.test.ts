import assert from 'node:assert/strict';
import {
  type MessageAnswer as CoreAnswer,
  type WorkerMessage as CoreMessage,
  createReeve,
  inProcessInvoker,
  memoryStore,
  ReeveError,
} from '@reeve/core';
import type { MessageAnswer, WorkerMessage } from '@reeve/worker';
import { describe, expectTypeOf, it } from 'vitest';
import { blocks } from './document.ts';
import { fits } from './schema.ts';

const [, schemaText = ''] = blocks('json');
const schema = JSON.parse(schemaText);

const attempt = { labourer: 'a', id: '1', token: 't' };
const fitting: readonly unknown[] = [
  { reeve: 'start', attempt, delivery: 'd' },
  { reeve: 'start', attempt: { ...attempt, attempt: 1, deadline: 5 }, delivery: 'x'.repeat(64) },
  { reeve: 'heartbeat', attempt },
  { reeve: 'heartbeat', attempt: { ...attempt, deadline: null }, more: 1 },
  { reeve: 'done', attempt },
  { reeve: 'done', attempt, result: null, stats: { n: 1 } },
  { reeve: 'failed', attempt, error: '' },
  { reeve: 'failed', attempt, error: 'x', retryable: false, retryAfter: 0.5 },
  { reeve: 'failed', attempt, error: 'x', retryable: null, retryAfter: null },
];
const unfit: readonly unknown[] = [
  null,
  [],
  5,
  {},
  { attempt },
  { reeve: 'done' },
  { reeve: 'DONE', attempt },
  { reeve: 'done', attempt: [] },
  { reeve: 'done', attempt: { ...attempt, token: 5 } },
  { reeve: 'done', attempt: { ...attempt, id: '' } },
  { reeve: 'done', attempt: { ...attempt, labourer: 'x'.repeat(257) } },
  { reeve: 'heartbeat', attempt: { ...attempt, deadline: 'now' } },
  { reeve: 'start', attempt },
  { reeve: 'start', attempt, delivery: '' },
  { reeve: 'start', attempt, delivery: 'x'.repeat(65) },
  { reeve: 'start', attempt, delivery: 'a\nb' },
  { reeve: 'failed', attempt },
  { reeve: 'failed', attempt, error: null },
  { reeve: 'failed', attempt, error: 'x', retryable: 'no' },
  { reeve: 'failed', attempt, error: 'x', retryAfter: -1 },
  { reeve: 'failed', attempt, error: 'x', retryAfter: '1' },
];

describe('messages', () => {
  it('fit the schema of the document exactly where the Assistant takes them, as objects and as texts', async () => {
    const reeve = createReeve({
      labourers: { a: { maxSimultaneousInvocations: 1 } },
      use: [memoryStore(), inProcessInvoker({ handlers: { a: () => {} } })],
    });
    const isTaken = async (message: unknown): Promise<boolean> => {
      try {
        await reeve.assistant.receive(message);
        return true;
      } catch (error) {
        if (ReeveError.is(error, 'UNKNOWN_LABOURER')) return false;
        assert.ok(ReeveError.is(error, 'INVALID_MESSAGE') || ReeveError.is(error, 'INVALID_ATTEMPT'), String(error));
        return false;
      }
    };
    for (const [messages, expected] of [
      [fitting, true],
      [unfit, false],
    ] as const)
      for (const message of messages) {
        assert.equal(fits(schema, message), expected, JSON.stringify(message));
        assert.equal(await isTaken(message), expected, JSON.stringify(message));
        assert.equal(await isTaken(JSON.stringify(message)), expected, JSON.stringify(message));
      }
    await reeve.close();
  });

  it('are the same to this package and to core', () => {
    expectTypeOf<WorkerMessage>().toExtend<CoreMessage>();
    expectTypeOf<CoreMessage>().toExtend<WorkerMessage>();
    expectTypeOf<MessageAnswer>().toExtend<CoreAnswer>();
    expectTypeOf<CoreAnswer>().toExtend<MessageAnswer>();
  });
});
