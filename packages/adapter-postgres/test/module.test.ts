import { createReeve, inProcessInvoker, memoryStore, Operator, Outbox, Register, TaskStore } from '@reeve/core';
import { Container } from 'inversify';
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

it('is the operator, the register and the outbox as well', () => {
  const container = new Container();
  container.load(postgresStore());
  const store = container.get(TaskStore);
  for (const port of [Operator, Register, Outbox]) expect(container.get<unknown>(port)).toBe(store);
});

it('is refused beside another store', () => {
  const use = [postgresStore(), memoryStore(), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/TaskStore.*2 parts/);
});

it('tells what is wrong with its options when the composition is built', () => {
  const use = [postgresStore({ schema: '' }), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/postgresStore\.schema: must be a name/);
});
