/** What is said once more after the task has gone on. In both layouts. */
import { describe, expect, it } from 'vitest';
import { layouts } from '../fixtures/layouts.ts';
import { ids, ref, request, task } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();

describe.each(layouts)('in the $name layout', (layout) => {
  it('a release that is repeated after the task was dropped is known as such, and another verdict is not', async () => {
    const open = await layout.open(db);
    const [store, other] = [open.store(), open.store()];
    await store.enqueue([task('one', { expiresAt: open.clock.now() + 10_000 })]);
    const said = (await store.claim(request())).leases.map((each) => ({ ...ref(each), kind: 'released' as const }));
    expect(await store.settle(said)).toEqual(['applied']);
    await open.clock.advance(20_000);
    expect(ids((await other.claim(request())).dropped ?? [])).toEqual(['one']);
    expect(await store.settle(said)).toEqual(['repeated']);
    expect(await store.settle(said.map((each) => ({ ...each, kind: 'completed' as const })))).toEqual(['stale']);
    expect(await other.find({ labourer: 'mill', id: 'one' })).toMatchObject({ state: 'dropped', attempts: 0 });
  });
});
