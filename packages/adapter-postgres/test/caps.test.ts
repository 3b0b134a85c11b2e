import type { Lease } from '@reeve/core';
import { describe, expect, it } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

/** Two pools on one schema, and six leases of which the last two, in the places beyond a cap of 3, still run. */
const lowered = async () => {
  const { store, schema } = await openStore(server.url, { maxConnections: 8, listen: false });
  const { store: peer } = await openStore(server.url, { schema, maxConnections: 8, listen: false });
  await store.enqueue(someTasks(60));
  const { leases } = await store.claim(claimOf({ cap: 6, limit: 6 }));
  await store.settle(leases.slice(0, 4).map(completed));
  return { store, peer, schema, beyond: leases.slice(4) };
};

const running = async (schema: string): Promise<number> => {
  const [row] = await run<{ count: number }>(server.url, `SELECT count(*)::integer AS count FROM ${schema}.slot WHERE token IS NOT NULL`);
  return row?.count ?? -1;
};

describe('a cap that was lowered below places that are taken', () => {
  it('holds for claims that race: what runs beyond it is counted, and the difference is given once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { store, peer, schema } = await lowered();
      const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => (n % 2 ? peer : store).claim(claimOf({ cap: 3, limit: 2 }))));
      expect(answers.flatMap(({ leases }) => leases)).toHaveLength(1);
      expect(await running(schema)).toBe(3);
    }
  });

  it('holds amid claims with the higher cap: theirs never exceed it, and a lone one with the lower cap gets nothing', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { store, peer, schema } = await lowered();
      await Promise.all(Array.from({ length: 16 }, (_, n) => (n % 2 ? peer : store).claim(claimOf({ cap: n % 4 < 2 ? 3 : 6, limit: 2 }))));
      expect(await running(schema)).toBeLessThanOrEqual(6);
      expect((await store.claim(claimOf({ cap: 3 }))).leases).toEqual([]);
      await store.claim(claimOf({ cap: 6 }));
      expect(await running(schema)).toBe(6);
    }
  });

  it('passes a place on in an exchange only if it is one of the lower cap, counted with those beyond', async () => {
    const { store, schema, beyond } = await lowered();
    const one = await store.exchange(beyond.slice(0, 1).map(completed), claimOf({ cap: 3 }));
    expect(one.outcomes).toEqual(['applied']);
    expect(one.leases).toHaveLength(2);
    const rest: readonly Lease[] = [...beyond.slice(1), ...one.leases];
    expect(await running(schema)).toBe(3);
    const two = await store.exchange(rest.map(completed), claimOf({ cap: 1 }));
    expect([two.outcomes, two.leases.length]).toEqual([['applied', 'applied', 'applied'], 1]);
    expect(await run(server.url, `SELECT no FROM ${schema}.slot WHERE token IS NOT NULL`)).toEqual([{ no: 1 }]);
    expect(idsOf(two.leases)).toHaveLength(1);
  });

  it('counts those beyond it also in an exchange whose own places are all within it', async () => {
    const { store, schema } = await lowered();
    const { leases } = await store.claim(claimOf({ cap: 3 }));
    expect(leases).toHaveLength(1);
    const { outcomes, leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 2, limit: 1 }));
    expect([outcomes, next]).toEqual([['applied'], []]);
    expect(await running(schema)).toBe(2);
  });

  it('gives no place beyond the cap to the next, though its attempt had outlived its lease', async () => {
    const { store, schema, beyond } = await lowered();
    await run(server.url, `UPDATE ${schema}.slot SET deadline = 0 WHERE no > 3`);
    const { outcomes, leases } = await store.exchange(beyond.map(completed), claimOf({ cap: 3, limit: 2 }));
    expect([outcomes, leases.length]).toEqual([['applied', 'applied'], 2]);
    expect(await run(server.url, `SELECT no FROM ${schema}.slot WHERE token IS NOT NULL ORDER BY no`)).toEqual([{ no: 1 }, { no: 2 }]);
  });

  it('gives no place beyond the cap to the next, though it was just settled', async () => {
    const { store, schema, beyond } = await lowered();
    const { leases } = await store.exchange(beyond.map(completed), claimOf({ cap: 3, limit: 2 }));
    expect(leases).toHaveLength(2);
    expect(await run(server.url, `SELECT no FROM ${schema}.slot WHERE token IS NOT NULL ORDER BY no`)).toEqual([{ no: 1 }, { no: 2 }]);
  });
});
