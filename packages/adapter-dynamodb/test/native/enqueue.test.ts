/** Enqueueing once more, late, and by somebody who dies over it. */
import { MINUTE, SECOND } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { ids, request, task } from '../fixtures/open.ts';
import { type Sent, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
let clock: ManualClock;
let nativeTable: string;
let store: DynamoDbNativeTaskStore;
beforeEach(async () => {
  clock = new ManualClock(LATER);
  nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  store = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock });
});

const partition = ({ input }: Sent): string => (input.Item ?? input.Key)?.['pk']?.S ?? '';
const isHome = (sent: Sent): boolean => partition(sent).startsWith('t#');
const isWrite = ({ name }: Sent): boolean => name === 'PutItem' || name === 'UpdateItem';

/** A process that dies right after its nth write that is worth it. */
const mortal = (isLast: (sent: Sent) => boolean, writes: number = 1): DynamoDbNativeTaskStore => {
  let left = writes;
  const client = tapped(db.client, async (sent, go) => {
    if (left === 0) throw new Error('gone');
    const answer = await go();
    if (isLast(sent)) left -= 1;
    if (left === 0) throw new Error('gone');
    return answer;
  });
  return new DynamoDbNativeTaskStore({ client, nativeTable, clock });
};

/** A new process that keeps house, and then claims for whoever is named. */
const claimed = async (): Promise<readonly string[]> => {
  const next = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock });
  for (let hour = 0; hour < 3; hour += 1) {
    await next.maintain(['mill']);
    await clock.advance(60 * MINUTE);
  }
  const due = await next.labourersWithDue(['mill']);
  return due.has('mill') ? ids((await next.claim(request())).leases) : [];
};

/** The house-keeping has been everywhere up to now. */
const audited = async (): Promise<void> => {
  for (let hour = 0; hour < 3; hour += 1) {
    await clock.advance(60 * MINUTE);
    await store.maintain(['mill']);
  }
};

/** And so have the readers of the lane. */
const passedBy = async (): Promise<void> => {
  await audited();
  for (const id of ['passing', 'gone']) {
    await store.enqueue([task(id)]);
    await store.claim(request());
    await clock.advance(10 * SECOND);
  }
};

it('a task that is known from its place and has a pointer since is given once', async () => {
  await store.enqueue([task('a'), task('b')]);
  await clock.advance(3 * SECOND);
  expect(ids((await store.claim(request({ limit: 1 }))).leases)).toEqual(['a']);
  const peer = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock });
  expect(await peer.enqueue([task('b')])).toEqual(['duplicate']);
  expect(ids((await store.claim(request())).leases)).toEqual(['b']);
});

describe('is had in the end', () => {
  it.each([1, 2])('a task of a backlog that is enqueued once more by who dies after write %i to its home or pointer', async (writes) => {
    await store.enqueue([task('a')]);
    await store.claim(request({ labourer: 'mill', cap: 1, limit: 1 }));
    await store.enqueue([task('b')]);
    await audited();
    const peer = mortal((sent) => isWrite(sent) && (partition(sent).startsWith('p#') || sent.name === 'UpdateItem'), writes);
    await peer.enqueue([task('b')]).catch(() => undefined);
    expect(await claimed()).toContain('b');
  });

  it('a task whose guard was left by one who died, and whose home by another, long after', async () => {
    await store.enqueue([task('first')]);
    await store.claim(request({ limit: 1 }));
    await expect(mortal((sent) => partition(sent).startsWith('i#')).enqueue([task('a')])).rejects.toThrow();
    await audited();
    await expect(mortal((sent) => isHome(sent) && sent.input.Item?.['pay'] !== undefined).enqueue([task('a')])).rejects.toThrow();
    expect(await claimed()).toContain('a');
  });

  it.each(["of the user's own", "of the store's own"])(
    'a task with an id %s, by a process that slept before it wrote, and died of it',
    async (whose) => {
      await store.enqueue([task('first')]);
      await store.claim(request({ limit: 1 }));
      const isSleepy = (sent: Sent): boolean => partition(sent).startsWith('i#');
      let [isAwake, hasSlept] = [true, false];
      const dying = tapped(db.client, async (sent, go) => {
        if (!isAwake) throw new Error('gone');
        // A function that was frozen between two of its lines.
        if (!hasSlept && (whose === "of the store's own" ? sent.name === 'BatchGetItem' : isSleepy(sent))) {
          hasSlept = true;
          const answer = await go();
          await passedBy();
          return answer;
        }
        const answer = await go();
        if (sent.input.Item?.['pay'] === undefined) return answer;
        isAwake = false;
        throw new Error('gone');
      });
      const peer = new DynamoDbNativeTaskStore({ client: dying, nativeTable, clock });
      const id = (whose === "of the store's own" ? peer.newId({ labourer: 'mill' }) : undefined) ?? 'a';
      await expect(peer.enqueue([task(id)])).rejects.toThrow();
      expect(await claimed()).toContain(id);
    },
  );
});
