import { createReeve, inProcessInvoker, memoryStore } from '@reeve/core';
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

it('is refused beside another store', () => {
  const use = [sqliteStore({ file: tempFile() }), memoryStore(), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/TaskStore.*2 parts/);
});

it('tells what is wrong with its options when the composition is built', () => {
  const use = [sqliteStore({ file: '' }), inProcessInvoker({ handlers: { mill: () => {} } })];
  expect(() => createReeve({ labourers, use })).toThrow(/sqliteStore\.file: is missing/);
});
