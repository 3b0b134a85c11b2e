import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import { newPrefix, oneServer, ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, openStore } from './fixtures/stores.ts';

const server = oneServer();

/** What a start is refused with. */
const refusal = async (url: string, more: { evictionPolicy?: string } = {}): Promise<unknown> => {
  const store = new RedisTaskStore({ url, prefix: newPrefix(), ...more });
  onTestFinished(() => store.close());
  return store.start().catch((error: unknown) => error);
};

const clientOf = (url: string): Redis => {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  return client;
};

it('must be opened first, and can be opened and closed any number of times', async () => {
  const store = new RedisTaskStore({ url: server.url, prefix: newPrefix() });
  const isRefused = { kind: 'input', code: 'STORE_NOT_OPEN' };
  await expect(store.enqueue([aTask('a')])).rejects.toMatchObject(isRefused);
  await store.close();
  await Promise.all([store.start(), store.start()]);
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
  await store.close();
  await store.close();
  await expect(store.claim(claimOf())).rejects.toMatchObject(isRefused);
  await expect(store.listen(['mill'], () => {})).rejects.toMatchObject(isRefused);
  await store.start();
  expect(await store.enqueue([aTask('a')])).toEqual(['duplicate']);
  await store.close();
});

it('closes what is its own, and never a client that it was given', async () => {
  const client = clientOf(server.url);
  const before = (await client.client('LIST')) as string;
  const own = await RedisTaskStore.open({ url: server.url, prefix: newPrefix() });
  await own.listen(['mill'], () => {});
  const given = await RedisTaskStore.open({ client, prefix: newPrefix() });
  await given.listen(['mill'], () => {});
  await Promise.all([own.close(), given.close()]);
  expect(await client.ping()).toBe('PONG');
  const lines = (list: string) => list.trim().split('\n').length;
  await expect.poll(async () => lines((await client.client('LIST')) as string)).toBe(lines(before));
});

it('says that there is no server, and can be started again once there is one', async () => {
  const gone = await ownServer();
  const port = Number(new URL(gone.url).port);
  await gone.stop();
  const store = new RedisTaskStore({ url: gone.url, prefix: newPrefix() });
  onTestFinished(() => store.close());
  await expect(store.start()).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE', message: /ECONNREFUSED/ });
  await ownServer({ port });
  await store.start();
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it('says that a name leads nowhere', async () => {
  expect(await refusal('redis://no-such-host.invalid:6379')).toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
});

it('says that a password is missing or wrong', async () => {
  const { url } = await ownServer({ args: ['--requirepass', 'right'] });
  for (const name of ['', ':wrong@', 'nobody:right@'])
    expect(await refusal(url.replace('//', `//${name}`))).toMatchObject({ kind: 'config', code: 'STORE_DENIED', message: /password/ });
  const { store } = await openStore({ url: url.replace('//', '//:right@') });
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it('refuses a server that would throw tasks away, unless its policy is accepted by name', async () => {
  const { url } = await ownServer({ args: ['--maxmemory-policy', 'allkeys-lru'] });
  expect(await refusal(url)).toMatchObject({ kind: 'config', code: 'STORE_EVICTS', message: /allkeys-lru/ });
  expect(await refusal(url, { evictionPolicy: 'volatile-lru' })).toMatchObject({ code: 'STORE_EVICTS' });
  const { store } = await openStore({ url, evictionPolicy: 'allkeys-lru' });
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it('sees the policy where CONFIG is forbidden, and works with the rights that it needs', async () => {
  const { url } = await ownServer({ args: ['--maxmemory-policy', 'allkeys-lru'] });
  const admin = clientOf(url);
  const rights = '+@all -@dangerous +info -config ~*reeve:* &reeve:*'.split(' ');
  await admin.acl('SETUSER', 'reeve', 'on', '>secret', ...rights);
  const as = url.replace('//', '//reeve:secret@');
  await expect(RedisTaskStore.open({ url: as })).rejects.toMatchObject({ code: 'STORE_EVICTS' });
  await admin.config('SET', 'maxmemory-policy', 'noeviction');
  const { store } = await openStore({ url: as, prefix: 'reeve' });
  await store.listen(['mill'], () => {});
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
  expect((await store.claim(claimOf())).leases).toHaveLength(1);
  // Blind, it takes the server as it is.
  await admin.acl('SETUSER', 'reeve', '-info');
  const client = new Redis(as, { enableReadyCheck: false, lazyConnect: true });
  onTestFinished(() => client.disconnect());
  const blind = await RedisTaskStore.open({ client, prefix: 'reeve' });
  expect(await blind.enqueue([aTask('a')])).toEqual(['duplicate']);
  await admin.acl('SETUSER', 'reeve', '-evalsha');
  await expect(blind.enqueue([aTask('b')])).rejects.toMatchObject({ kind: 'config', code: 'STORE_DENIED' });
});

it('refuses a replica', async () => {
  const primary = await ownServer({ args: ['--repl-diskless-sync-delay', '0'] });
  const replica = await ownServer({ args: ['--replicaof', '127.0.0.1', new URL(primary.url).port] });
  await expect.poll(() => clientOf(replica.url).info('replication'), { timeout: 20_000 }).toMatch(/master_link_status:up/);
  expect(await refusal(replica.url)).toMatchObject({ kind: 'config', code: 'STORE_READ_ONLY' });
});

it('leaves keys of a newer layout alone', async () => {
  const prefix = newPrefix();
  await clientOf(server.url).set(`${prefix}:schema`, '4');
  const store = new RedisTaskStore({ url: server.url, prefix });
  await expect(store.start()).rejects.toMatchObject({ kind: 'config', code: 'SCHEMA_TOO_NEW', message: /layout 4/ });
});

it.each(['nonsense', '', '0', '-1'])('takes the schema %j for the key of another program', async (value) => {
  const prefix = newPrefix();
  const redis = clientOf(server.url);
  await redis.set(`${prefix}:schema`, value);
  const store = new RedisTaskStore({ url: server.url, prefix });
  await expect(store.start()).rejects.toMatchObject({ kind: 'config', code: 'STORE_KEY_FOREIGN' });
  expect(await redis.get(`${prefix}:schema`)).toBe(value);
});

it('starts on a server whose memory is full, and works it empty', async () => {
  const { url } = await ownServer();
  const { store, prefix } = await openStore({ url });
  await store.enqueue([aTask('a')]);
  await clientOf(url).config('SET', 'maxmemory', '1mb');
  const { store: later } = await openStore({ url, prefix });
  expect((await later.claim(claimOf())).leases).toHaveLength(1);
  await expect(openStore({ url })).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_FULL' });
});

it.each(['a:b', 'a:b:', '::', 'müll-物-🙂', 'a*?[x]', 'a\'b"c\\', '%s$1'])(
  'works under the prefix %s, and no other prefix sees it',
  async (odd) => {
    const { store } = await openStore({ url: server.url, prefix: odd });
    const { store: other } = await openStore({ url: server.url, prefix: `${odd}:mill` });
    const heard: string[] = [];
    await store.listen(['mill'], (labourer) => void heard.push(labourer));
    expect(await store.enqueue([aTask('a')])).toEqual(['created']);
    expect(await other.enqueue([aTask('a')])).toEqual(['created']);
    for (const each of [store, other]) expect(await each.settle((await each.claim(claimOf())).leases.map(completed))).toEqual(['applied']);
    await expect.poll(() => heard).toEqual(['mill']);
  },
);

it('lets twenty start at once', async () => {
  const prefix = newPrefix();
  const stores = await Promise.all(Array.from({ length: 20 }, () => RedisTaskStore.open({ url: server.url, prefix })));
  const answers = await Promise.all(stores.map((each) => each.enqueue([aTask('a')])));
  expect(answers.flat().filter((each) => each === 'created')).toHaveLength(1);
  await Promise.all(stores.map((each) => each.close()));
});
