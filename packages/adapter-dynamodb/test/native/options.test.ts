import { createReeve, inProcessInvoker, ReeveError } from '@reeve/core';
import { expect, it } from 'vitest';
import { DynamoDbNativeTaskStore, DynamoDbTaskStore, defaultTables, dynamodbStore } from '../../src/index.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();

const complaint = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (ReeveError.is(error, 'INVALID_DYNAMODB_STORE')) return error.message;
  }
  return '';
};

it('refuses options of the other layout, each by its name', () => {
  expect(complaint(() => new DynamoDbTaskStore({ nativeTable: 'reeve' }))).toMatch(/nativeTable.*layout: 'native'/);
  const native = complaint(() => new DynamoDbNativeTaskStore({ tables: defaultTables(), keepClosed: 1, lookForSosw: 0, nativeTable: '§' }));
  for (const name of ['tables', 'keepClosed', 'lookForSosw', 'nativeTable']) expect(native).toContain(name);
  expect(complaint(() => new DynamoDbTaskStore({ layout: 'sosw' as 'native' }))).toContain('greenfield or native');
});

it('keeps a composition in the layout that one option names, with ids that say where their tasks are', async () => {
  const nativeTable = `${db.prefix()}reeve`;
  const done: unknown[] = [];
  const reeve = createReeve({
    labourers: { mill: { maxSimultaneousInvocations: 2 } },
    use: [
      dynamodbStore({ layout: 'native', nativeTable, client: db.client, atStart: 'create' }),
      inProcessInvoker({ handlers: { mill: (payload: unknown) => void done.push(payload) } }),
    ],
  });
  try {
    const { id } = await reeve.enqueue('mill', { n: 1 });
    expect(id).toMatch(/^mill~0[0-9a-v]{27}$/);
    await reeve.enqueue('mill', { n: 2 }, { id: 'mine' });
    await reeve.tick();
    expect(done).toHaveLength(2);
  } finally {
    await reeve.close();
  }
});
