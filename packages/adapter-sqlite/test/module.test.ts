import { createReeve, inProcessInvoker, memoryStore, Operator, Outbox, Register, TaskReader, TaskStore } from '@reeve/core';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { sqliteStore } from '../src/index.ts';
import { tempFile } from './fixtures/temp.ts';

const labourers = { mill: { target: 'mill', maxSimultaneousInvocations: 2 } };

it('is a part of a composition, and keeps what it did for the next', async () => {
  const file = tempFile();
  const ground: unknown[] = [];
  const compose = () =>
    createReeve({
      labourers,
      use: [sqliteStore({ file }), inProcessInvoker({ handlers: { mill: (payload: unknown) => void ground.push(payload) } })],
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

it('is every port of a store, and one object', () => {
  const container = new Container();
  container.load(sqliteStore({ file: tempFile() }));
  const store = container.get(TaskStore);
  for (const port of [TaskReader, Operator, Register, Outbox]) expect(container.get<unknown>(port)).toBe(store);
});

it('is refused beside another store', () => {
  const use = [sqliteStore({ file: tempFile() }), memoryStore(), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/TaskStore.*2 parts/);
});

it('tells what is wrong with its options when the composition is built', () => {
  const use = [sqliteStore({ file: '' }), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/sqliteStore\.file: is missing/);
});
