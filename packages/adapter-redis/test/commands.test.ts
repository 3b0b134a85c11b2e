/** What the scripts ask of the server, read from their text: nothing that Redis 6.2 has not got, and no key that is not declared. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

/** All there were in 6.2, and their forms too: LPOP with a count came with it. */
const KNOWN = new Set(
  `DEL EXISTS GET HDEL HEXISTS HGET HGETALL HINCRBY HLEN HMGET HSET HSETNX LINDEX LLEN LPOP LPUSH LRANGE LREM LSET LTRIM PEXPIRE PUBLISH RPUSH SADD SET SRANDMEMBER SREM TIME
   ZADD ZCARD ZCOUNT ZLEXCOUNT ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREVRANGEBYSCORE ZMSCORE ZSCAN ZSCORE`.split(
    /\s+/,
  ),
);

const folder = new URL('../src/lua/', import.meta.url);
const texts: (readonly [string, string])[] = [];
for (const file of readdirSync(folder)) {
  const module = (await import(new URL(file, folder).href)) as Readonly<Record<string, unknown>>;
  for (const [name, text] of Object.entries(module)) if (typeof text === 'string') texts.push([name, text]);
}

it('finds the scripts', () => {
  expect(texts.map(([name]) => name)).toEqual(expect.arrayContaining(['EXCHANGE', 'ENQUEUE', 'RENEW', 'FORGET', 'LIST_QUEUED']));
});

it.each(texts)('%s asks for nothing newer than Redis 6.2', (_, text) => {
  const asked = [...text.matchAll(/\bp?call\(\s*([^,)]+)/g)].map(([, first = '']) => first.trim());
  for (const each of asked) {
    expect(each, 'a command is a plain word, so that it can be read here').toMatch(/^'[A-Z]+'$/);
    expect([...KNOWN]).toContain(each.slice(1, -1));
  }
});

it.each(texts)('%s makes up no key and holds no data', (_, text) => {
  const keys = [...text.matchAll(/call\('(?!TIME|PUBLISH)[A-Z]+', ([^,)]+)/g)].map(([, key = '']) => key.trim());
  for (const key of keys) expect(key).toMatch(/^(KEYS\[[^\]]+\]?|[a-z]\w*)$/i);
  expect(text).not.toMatch(/\$\{|"\s*\.\.|KEYS\[[^\]]+\]\s*\.\./);
});
