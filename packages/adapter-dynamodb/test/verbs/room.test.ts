/** C13 where one claim goes several rounds, and before many keys that have no room. In both layouts; the kit has the rest. */
import type { KeyRoom, NewTask, TaskStore } from '@reeve/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { layouts, type OpenLayout } from '../fixtures/layouts.ts';
import { ids, request, task } from '../fixtures/open.ts';
import type { Sent } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const roomOf = (others: number, of: Readonly<Record<string, number>> = {}): KeyRoom => ({ of: new Map(Object.entries(of)), others });
const keyed = (count: number, key: string): readonly NewTask[] => Array.from({ length: count }, (_, n) => task(`${key}-${n}`, { key }));
const ofKeys = (keys: number, each: number): readonly NewTask[] =>
  Array.from({ length: each }, (_, n) => Array.from({ length: keys }, (_, key) => task(`${key}-${n}`, { key: `key-${key}` }))).flat();
const noRoomFor = (keys: number): KeyRoom => roomOf(5, Object.fromEntries(Array.from({ length: keys }, (_, n) => [`key-${n}`, 0])));
const enqueue = async (store: TaskStore, tasks: readonly NewTask[]): Promise<void> => {
  for (let from = 0; from < tasks.length; from += 200) await store.enqueue(tasks.slice(from, from + 200));
};

describe.each(layouts)('in the $name layout', (layout) => {
  let open: OpenLayout['store'];
  beforeEach(async () => {
    open = (await layout.open(db)).store;
  });
  /** What it asked, and how many rows it was shown. */
  const noting = (sent: Sent[], shown: number[] = []): ReturnType<OpenLayout['store']> =>
    open(async (asked, go) => {
      sent.push(asked);
      const answer = await go();
      if (asked.name === 'Query') shown.push((answer as { readonly Items?: readonly unknown[] }).Items?.length ?? 0);
      return answer;
    });

  it('a claim that goes another round, since it lost a task, has no more of a key than there is room for', async () => {
    await open().enqueue([...keyed(6, 'a'), ...keyed(6, 'b')]);
    let lost: readonly string[] | undefined;
    // Its places are taken, and a task is gone before it comes for it.
    const slow = open(async ({ name, input }, go) => {
      const isOfTask = name === 'UpdateItem' && Object.values(input.ExpressionAttributeValues ?? {}).some(({ S }) => S === 'slow');
      if (isOfTask && !lost) {
        lost = [];
        lost = await open().cancel([{ labourer: 'mill', id: 'a-0' }]);
      }
      return go();
    });
    const { leases } = await slow.claim(request({ token: 'slow', cap: 20, limit: 8, room: roomOf(2, { b: 1 }) }));
    expect(lost).toEqual(['cancelled']);
    expect([...ids(leases)].sort()).toEqual(['a-1', 'a-2', 'b-0']);
  });

  it('a labourer without keys pays nothing for a claim that says what room they have', async () => {
    await open().enqueue(Array.from({ length: 6 }, (_, n) => task(`task-${n}`)));
    const requests = async (more: Parameters<typeof request>[0]): Promise<readonly string[]> => {
      const sent: Sent[] = [];
      await noting(sent).claim(request({ limit: 2, ...more }));
      return sent.map(({ name, input }) => `${name} ${input.Limit ?? ''}`).sort();
    };
    await requests({ limit: 1 });
    expect(await requests({ room: noRoomFor(500) })).toEqual(await requests({}));
  });

  it.each([1, 2])(
    'behind five hundred keys without room, %i tasks each, one claim finds what has some',
    async (each) => {
      await enqueue(open(), [...ofKeys(500, each - 1), ...ofKeys(500, 1).map((one) => ({ ...one, id: `last-${one.id}` }))]);
      await open().enqueue([task('behind', { key: 'free' })]);
      const [sent, shown]: [Sent[], number[]] = [[], []];
      const { leases } = await noting(sent, shown).claim(request({ room: noRoomFor(500) }));
      expect(ids(leases)).toEqual(['behind']);
      expect(shown.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(1_510);
      expect(sent.filter(({ name }) => name === 'Query').length).toBeLessThanOrEqual(20);
    },
    120_000,
  );

  it('behind more than one claim looks at, another finds it', async () => {
    await enqueue(open(), ofKeys(100, 25));
    await open().enqueue([task('behind', { key: 'free' })]);
    const found: string[] = [];
    let claims = 0;
    const store = open();
    for (; found.length === 0 && claims < 6; claims += 1) {
      const { leases, nextDueIn } = await store.claim(request({ room: noRoomFor(100) }));
      found.push(...ids(leases));
      expect(nextDueIn).toBeUndefined();
    }
    expect(found).toEqual(['behind']);
  }, 120_000);
});
