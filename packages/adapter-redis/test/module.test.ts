import { createReeve, inProcessInvoker, Operator, Outbox, Register, TaskReader, TaskStore } from '@reeve/core';
import { Container } from 'inversify';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore, redisStore } from '../src/index.ts';
import { newPrefix, oneServer } from './fixtures/servers.ts';

const server = oneServer();

it('is a store, a reader, a lifecycle and wake-ups in a composition', async () => {
  const seen: unknown[] = [];
  const reeve = createReeve({
    labourers: { mill: { target: 'mill', maxSimultaneousInvocations: 2 } },
    use: [
      redisStore({ url: server.url, prefix: newPrefix() }),
      inProcessInvoker({ handlers: { mill: (payload) => void seen.push(payload) } }),
    ],
  });
  onTestFinished(() => reeve.close());
  const { id } = await reeve.enqueue('mill', { n: 1.5 });
  const stop = new AbortController();
  const run = reeve.run({ signal: stop.signal, pollEvery: 20 });
  await expect.poll(async () => (await reeve.find({ labourer: 'mill', id }))?.state).toBe('completed');
  stop.abort();
  await run;
  expect(seen).toEqual([{ n: 1.5 }]);
});

it('is an operator, a register and an outbox in a composition, and one store in all of them', async () => {
  const container = new Container();
  container.load(redisStore({ url: server.url, prefix: newPrefix() }));
  const all = [Operator, Register, Outbox, TaskStore, TaskReader].map((token) => container.get<unknown>(token));
  expect(all[0]).toBeInstanceOf(RedisTaskStore);
  expect(new Set(all).size).toBe(1);
});

it.each<[string, object, RegExp]>([
  ['no server', {}, /redisStore\.url.*missing/],
  ['two servers', { url: 'redis://x', client: new Redis({ lazyConnect: true }) }, /redisStore\.url.*beside a client/],
  ['another address', { url: 'http://:secret@localhost' }, /redisStore\.url.*no address of a Redis/],
  ['a client of another kind', { client: {} }, /redisStore\.client.*no client of ioredis/],
  ['a prefix of the client', { client: new Redis({ lazyConnect: true, keyPrefix: 'x:' }) }, /keyPrefix/],
  ['an unknown option', { url: 'redis://x', prefx: 'a' }, /redisStore\.prefx.*there are url, client/],
  ['a prefix with a brace', { url: 'redis://x', prefix: 'a{b}' }, /redisStore\.prefix/],
  ['an empty prefix', { url: 'redis://x', prefix: '' }, /redisStore\.prefix/],
  ['times and counts that are none', { url: 'redis://x', keepEnded: -1, keepHistory: 1.5 }, /keepEnded.*keepHistory/s],
  ['no number of replicas', { url: 'redis://x', waitFor: { replicas: 0, timeout: 5 } }, /redisStore\.waitFor/],
  ['a policy that is none', { url: 'redis://x', evictionPolicy: true }, /redisStore\.evictionPolicy/],
])('refuses %s when it is made', (_, options, message) => {
  const make = () => new RedisTaskStore(options as never);
  expect(make).toThrow(expect.objectContaining({ kind: 'config', code: 'INVALID_REDIS_STORE', message: expect.stringMatching(message) }));
  expect(make).not.toThrow(/secret/);
});
