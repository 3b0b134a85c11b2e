/** Places that somebody left who died, and how soon they are met. In both layouts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { layouts, type OpenLayout } from '../fixtures/layouts.ts';
import { first, GUARD, ids, LEASE, ref, request, task } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();

describe.each(layouts)('in the $name layout', (layout) => {
  let open: OpenLayout;
  beforeEach(async () => {
    open = await layout.open(db);
  });
  const repaired = async (store: ReturnType<OpenLayout['store']>): Promise<number | undefined> =>
    (await store.maintain(['mill'])).done['repaired'];

  it('one that was in order a moment ago is mended as soon as its lease has ended, and what still runs is not read again', async () => {
    let isMortal = false;
    let isDead = false;
    const mortal = open.store(async ({ name }, go) => {
      if (isDead) throw Object.assign(new Error('gone'), { name: 'TimeoutError' });
      const answer = await go();
      isDead = isMortal && name === 'UpdateItem';
      return answer;
    });
    const asked: string[] = [];
    const store = open.store(({ name }, go) => {
      asked.push(name);
      return go();
    });
    await store.enqueue([task('left'), task('runs')]);
    const { leases } = await mortal.claim(request({ lease: 1.5 * LEASE }));
    await open.clock.advance(1.1 * LEASE);
    expect(await repaired(store)).toBe(0);
    isMortal = true;
    await mortal.settle([{ ...ref(first(leases)), kind: 'retry', after: 0, error: 'no' }]).catch(() => {});
    expect(isDead).toBe(true);
    expect(await repaired(store)).toBe(0);
    await open.clock.advance(0.4 * LEASE + GUARD);
    expect(ids(await store.expired(['mill'], 10))).toEqual(['runs']);
    asked.length = 0;
    expect(await repaired(store)).toBe(1);
    expect(asked.filter((name) => name === 'GetItem')).toHaveLength(1);
    expect(ids((await store.claim(request())).leases)).toEqual(['left']);
  });
});
