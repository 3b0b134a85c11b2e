/** On one server too an id is looked up in one script and passed on, or taken out, in another: here somebody comes in between. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { scriptOf } from '../src/client/scripts.ts';
import { RedisTaskStore } from '../src/index.ts';
import { bucketOf } from '../src/keys.ts';
import { PASS_ON, UNREGISTER } from '../src/lua/registry.ts';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, openStore } from './fixtures/stores.ts';

const server = oneServer();

/** A store whose next call of a script waits until something else was done. */
const storeBefore = async (prefix: string, now: () => number, script: string, between: () => Promise<unknown>) => {
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  const { sha } = scriptOf('', script);
  let isFirst = true;
  const held = new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'evalsha') return value.bind(target) as unknown;
      return async (args: readonly unknown[]): Promise<unknown> => {
        if (args[0] === sha && isFirst) {
          isFirst = false;
          await between();
        }
        return (value as (args: readonly unknown[]) => Promise<unknown>).call(target, args);
      };
    },
  });
  const store = await RedisTaskStore.open({ client: held, prefix, now, keepEnded: 0 });
  return { store, client, came: () => !isFirst };
};

it('passes no id on that its labourer has stored meanwhile', async () => {
  const { store: mill, clock, prefix } = await openStore({ url: server.url });
  const between = () => mill.enqueue([aTask('a')]);
  const { store: forge, client, came } = await storeBefore(prefix, () => clock.now(), PASS_ON, between);
  // As a process leaves it that died between the two steps of a Cluster's enqueueing.
  await client.hset(`{${prefix}:ids:${bucketOf('a')}}`, 'a', `${String(clock.now()).padStart(15, '0')}mill`);
  expect(await forge.enqueue([aTask('a', { labourer: 'forge' })])).toEqual(['duplicate']);
  expect(came()).toBe(true);
  expect(await forge.find({ labourer: 'forge', id: 'a' })).toBeUndefined();
  expect(await mill.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'queued' });
});

it('takes no id out of the registry that has come back meanwhile', async () => {
  const { store: mill, clock, prefix } = await openStore({ url: server.url });
  const between = () => mill.enqueue([aTask('a')]);
  const { store: keeper, came } = await storeBefore(prefix, () => clock.now(), UNREGISTER, between);
  await mill.enqueue([aTask('a')]);
  await mill.settle((await mill.claim(claimOf())).leases.map(completed));
  await keeper.maintain(['mill']);
  expect(came()).toBe(true);
  expect(await mill.enqueue([aTask('a', { labourer: 'forge' })])).toEqual(['duplicate']);
  expect(await mill.enqueue([aTask('a'), aTask('b')])).toEqual(['duplicate', 'created']);
  expect((await mill.claim(claimOf())).leases).toHaveLength(2);
});
