import { expect, it } from 'vitest';
import { testDynamoDb } from '../../tables/server.ts';
import { tellLateClaim } from './late-claim.ts';
import { plantedLate } from './plants.ts';

const db = testDynamoDb();
const table = (): string => `${db.prefix()}reeve`;

it('a task that a late claim has brought to its end does not start again', async () => {
  const told = await tellLateClaim(db.client, table(), (ref) => ({ ...ref, kind: 'completed' }));
  expect(told).toMatchObject({ leases: [], task: { state: 'completed', attempts: 2 }, later: [] });
});

it('a task that a late claim has put off does not start before its time', async () => {
  const told = await tellLateClaim(db.client, table(), (ref) => ({ ...ref, kind: 'retry', after: 300_000, error: 'later' }));
  expect(told).toMatchObject({ leases: [], task: { state: 'queued', attempts: 2 }, later: [{ id: 'task', attempt: 3 }] });
});

it('notices that tasks are taken whatever their state', async () => {
  const meddle = plantedLate['tasks are taken whatever their state'];
  expect((await tellLateClaim(db.client, table(), (ref) => ({ ...ref, kind: 'completed' }), meddle)).leases).toHaveLength(1);
});

it('notices that a pointer is good before its time', async () => {
  const meddle = plantedLate['a pointer is good before its time'];
  const told = await tellLateClaim(db.client, table(), (ref) => ({ ...ref, kind: 'retry', after: 300_000, error: 'later' }), meddle);
  expect(told.leases).toHaveLength(1);
});

it('a task that a late claim has given back is given once, though two pointers say that it is due', async () => {
  const told = await tellLateClaim(db.client, table(), (ref) => ({ ...ref, kind: 'retry', after: 0, error: 'again' }));
  expect(told.leases).toMatchObject([{ id: 'task', attempt: 3 }]);
});
