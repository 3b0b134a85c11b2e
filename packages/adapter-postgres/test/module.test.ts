import { createReeve, inProcessInvoker, memoryStore } from '@reeve/core';
import { expect, it } from 'vitest';
import { postgresStore } from '../src/index.ts';
import { newSchema, useServer } from './fixtures/server.ts';

const server = useServer();

const labourers = { mill: { target: 'mill', maxSimultaneousInvocations: 2 } };

it('is a part of a composition, and keeps what it did for the next', async () => {
  const schema = newSchema();
  const ground: unknown[] = [];
  const compose = () =>
    createReeve({
      labourers,
      use: [
        postgresStore({ connection: server.url, schema }),
        inProcessInvoker({ handlers: { mill: (payload: unknown) => void ground.push(payload) } }),
      ],
    });
  const first = compose();
  await first.enqueue('mill', { corn: 'rye' }, { id: 'one' });
  await first.close();
  const second = compose();
  await second.tick();
  await expect.poll(async () => (await second.find({ labourer: 'mill', id: 'one' }))?.state).toBe('completed');
  expect(ground).toEqual([{ corn: 'rye' }]);
  await second.close();
});

it('is refused beside another store', () => {
  const use = [postgresStore(), memoryStore(), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/TaskStore.*2 parts/);
});

it('tells what is wrong with its options when the composition is built', () => {
  const use = [postgresStore({ schema: '' }), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/postgresStore\.schema: must be a name/);
});
