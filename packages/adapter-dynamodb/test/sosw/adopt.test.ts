/** Tasks that a sosw beside us has started: they hold places under the cap, and expire. */
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { first, GUARD, ids, type Open, openTables, ref, request, soswRow, task } from '../fixtures/open.ts';
import { proxyTo } from '../fixtures/proxy.ts';
import { Gate, idIn, isGroup, names, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const MINUTE = 60_000;
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const beside = (options = {}): DynamoDbTaskStore => open.store({ lookForSosw: 0, ...options });

/** What its Orchestrator does to a row. */
const invoke = (id: string, at = open.clock.now()): Promise<void> =>
  open.set(id, { greenfield: { N: String(at / 1_000 + open.tables.invocationDelta) }, attempts: { N: '1' } });

/** Runs until the place it has ends, 1,200 s after the invocation. */
const adopted = async (id: string): Promise<void> => {
  expect(await open.row(id)).toMatchObject({ reeve_until: { N: expect.any(String) } });
  expect(await open.places()).toEqual([`@${id}~1`]);
};

const put = async (id: string): Promise<void> => {
  await open.put(open.tables.tasks, soswRow(id, open.clock.now() - 1_000));
  await invoke(id);
};

it('an adopted task holds its place, and is expired 1,200 s after it was started', async () => {
  await put('a');
  const store = beside();
  expect((await store.maintain(['mill'])).done).toMatchObject({ adopted: 1 });
  await store.enqueue([task('b')]);
  expect((await store.claim(request({ cap: 1 }))).leases).toEqual([]);
  await open.clock.advance(1_200_000 + GUARD - 1);
  expect(await store.expired(['mill'], 10)).toEqual([]);
  await open.clock.advance(1);
  const lease = first(await store.expired(['mill'], 10));
  expect(lease).toMatchObject({ id: 'a', attempt: 1 });
  expect(await store.reap([{ ...ref(lease), kind: 'retry', after: 0, error: 'expired' }])).toEqual(['applied']);
  expect(ids((await store.claim(request({ cap: 1 }))).leases)).toEqual(['a']);
});

it('two who adopt at once leave one place, and it stays', async () => {
  await put('a');
  const gate = new Gate();
  const slow = beside({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'UpdateItem' && idIn(sent) === 'a') await gate.pass();
      return go();
    }),
  });
  const late = slow.maintain(['mill']);
  await gate.arrived;
  await beside().maintain(['mill']);
  gate.open();
  await late;
  await adopted('a');
});

it('an adoption whose answer was lost leaves its place', async () => {
  await put('a');
  const seen = new Set<string>();
  const proxy = await proxyTo(db.url, ({ name, body }) => {
    const text = JSON.stringify(body);
    if (name !== 'UpdateItem' || seen.has(text)) return 'pass';
    seen.add(text);
    return 'cut';
  });
  const store = beside({ endpoint: proxy.url, ...TEST_CREDENTIALS });
  onTestFinished(() => store.close());
  await store.maintain(['mill']);
  await adopted('a');
});

it('a claim that loses its task to a sosw does not take the place of the adoption with it', async () => {
  const store = beside();
  await store.enqueue([task('a')]);
  const gate = new Gate();
  const slow = beside({
    client: tapped(db.client, async (sent, go) => {
      const answer = go();
      // Its mark on the task fails, and just then another adopts what the sosw has invoked.
      if (sent.name === 'UpdateItem' && names(sent, 'reeve_token')) {
        await answer.catch(() => {});
        await gate.pass();
      } else if (isGroup(sent) && names(sent, 'reeve_by')) {
        await answer;
        await invoke('a');
      }
      return answer;
    }),
  });
  const claim = slow.claim(request());
  await gate.arrived;
  await store.maintain(['mill']);
  gate.open();
  expect((await claim).leases).toEqual([]);
  await store.maintain(['mill']);
  await adopted('a');
});

it('a house-keeper that finds the place before the lease is there does not leave a lease without a place', async () => {
  await put('a');
  await open.clock.advance(2 * MINUTE); // it counts as old at once: it was started long ago
  const gate = new Gate();
  const slow = beside({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'UpdateItem' && idIn(sent) === 'a') await gate.pass();
      return go();
    }),
  });
  const late = slow.maintain(['mill']);
  await gate.arrived;
  await open.store({ lookForSosw: Number.POSITIVE_INFINITY }).maintain(['mill']);
  gate.open();
  await late;
  expect(await open.places()).toEqual([]);
  expect((await open.row('a'))?.['reeve_until']).toBeUndefined();
  await beside().maintain(['mill']);
  expect(await open.places()).toEqual(['@a~2']);
});

it('a task that a sosw takes between the look and the claim is not started twice', async () => {
  const store = beside();
  await open.put(open.tables.tasks, soswRow('a', open.clock.now() - 1_000));
  const client = tapped(db.client, async (sent, go) => {
    const answer = await go();
    if (sent.name === 'Query') await invoke('a');
    return answer;
  });
  expect((await beside({ client }).claim(request())).leases).toEqual([]);
  expect(await open.row('a')).toMatchObject({ attempts: { N: '1' } });
  expect(await open.places()).toEqual([]);
  await store.maintain(['mill']);
  await adopted('a');
});

it('an old retry of ours that waits is not taken for a task that a sosw has invoked', async () => {
  const tables = { ...open.tables, invocationDelta: 86_400 };
  const store = open.store({ tables, lookForSosw: 0 });
  await store.enqueue([task('a')]);
  await open.clock.advance(25 * 60 * MINUTE);
  const lease = first((await store.claim(request())).leases);
  await store.settle([{ ...ref(lease), kind: 'retry', after: 5 * MINUTE, error: 'no' }]);
  expect((await store.maintain(['mill'])).done).toMatchObject({ adopted: 0 });
  expect(await store.find(lease)).toMatchObject({ state: 'queued', due: open.clock.now() + 5 * MINUTE, attempts: 1 });
  expect(first(await store.census(['mill']))).toEqual({ due: 0, waiting: 1, running: 0, expired: 0 });
});

it('what a sosw runs is listed as running, and not as queued', async () => {
  await put('a');
  const store = beside();
  expect((await store.list({ labourer: 'mill', state: 'queued', limit: 10 })).tasks).toEqual([]);
  expect((await store.list({ labourer: 'mill', state: 'running', limit: 10 })).tasks).toMatchObject([{ id: 'a', state: 'running' }]);
});
