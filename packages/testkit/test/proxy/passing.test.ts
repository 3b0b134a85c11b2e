import { expect, it } from 'vitest';
import { CountingChance, ManualClock } from '../../src/index.ts';
import { fateOf, sliced } from '../../src/proxy/fate.ts';
import { aCaller, aMoment, anEcho, aProxy } from './fixtures.ts';

it('passes bytes both ways, and the end of either side', async () => {
  const echo = await anEcho('hello ');
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  caller.socket.write('one ');
  await expect.poll(caller.said).toBe('hello one ');
  caller.socket.end('two');
  await expect.poll(caller.end).toBe('end');
  expect(caller.said()).toBe('hello one two');
  await expect.poll(() => proxy.connections).toBe(0);

  const other = await aCaller(proxy);
  await expect.poll(other.said).toBe('hello ');
  echo.sockets[1]?.end('bye');
  await expect.poll(other.end).toBe('end');
  expect(other.said()).toBe('hello bye');
});

it('passes much in its order, whoever reads slowly', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  const much = Array.from({ length: 400_000 }, (_, n) => `${n},`).join('');
  caller.socket.pause();
  caller.socket.write(much);
  await aMoment();
  caller.socket.resume();
  await expect.poll(() => caller.said().length, { timeout: 20_000 }).toBe(much.length);
  expect(caller.said() === much).toBe(true);
});

it('brings pieces late and in their order, on the clock that it is given', async () => {
  const clock = new ManualClock();
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo, clock });
  const remove = proxy.add({ kind: 'latency', wait: 100, jitter: 50, way: 'toServer' });
  const caller = await aCaller(proxy);
  caller.socket.write('slow ');
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(99);
  await aMoment();
  expect(caller.said()).toBe('');
  remove();
  caller.socket.write('quick');
  await aMoment();
  expect(caller.said()).toBe('');
  await clock.advance(51);
  await expect.poll(caller.said).toBe('slow quick');
  expect(proxy.hits.latency).toBe(1);
});

it('slices', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  proxy.add({ kind: 'slice', most: 3 });
  const caller = await aCaller(proxy);
  const text = 'the quick brown fox jumps over the lazy dog';
  caller.socket.write(text);
  await expect.poll(caller.said).toBe(text);
  expect(proxy.hits.slice).toBeGreaterThan(0);

  const pieces = sliced(Buffer.from(text), 3, new CountingChance(7));
  expect(Buffer.concat(pieces).toString()).toBe(text);
  expect(new Set(pieces.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
});

it('holds bytes back while it stalls, and then brings all of them', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const remove = proxy.add({ kind: 'stall', way: 'toClient' });
  const caller = await aCaller(proxy);
  caller.socket.write('a');
  await expect.poll(echo.received).toBe('a');
  caller.socket.write('b');
  await expect.poll(echo.received).toBe('ab');
  await aMoment();
  expect(caller.said()).toBe('');
  remove();
  await expect.poll(caller.said).toBe('ab');
});

it('leads new connections elsewhere after a failover', async () => {
  const [old, next] = [await anEcho('old'), await anEcho('next')];
  const proxy = await aProxy({ target: old });
  const first = await aCaller(proxy);
  await expect.poll(first.said).toBe('old');
  proxy.retarget(next);
  const second = await aCaller(proxy);
  await expect.poll(second.said).toBe('next');
  first.socket.write('!');
  await expect.poll(first.said).toBe('old!');
  expect(proxy.cut()).toBe(2);
});

it('ends with its clients, and may be closed twice', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  await expect.poll(() => proxy.connections).toBe(1);
  await proxy.close();
  await proxy.close();
  await expect.poll(caller.end).toBe('ECONNRESET');
});

it('adds up what toxics do, and draws the same from the same seed', () => {
  const toxics = [
    { kind: 'latency', wait: 10 },
    { kind: 'latency', wait: 5, jitter: 10 },
    { kind: 'slice', most: 9 },
    { kind: 'slice', most: 4, way: 'toServer' },
  ] as const;
  const fate = fateOf(toxics, 'toClient', new CountingChance(3));
  expect(fate).toEqual(fateOf(toxics, 'toClient', new CountingChance(3)));
  expect(fate).toMatchObject({ kind: 'pass', slices: 9, met: ['latency', 'latency', 'slice'] });
  const wait = fate.kind === 'pass' ? fate.wait : 0;
  expect([wait >= 15, wait < 25]).toEqual([true, true]);
  expect(fateOf(toxics, 'toServer', new CountingChance(3))).toMatchObject({ slices: 4 });
});

it('a share meets so many pieces and no others', () => {
  const chance = new CountingChance(5);
  const fates = Array.from({ length: 1_000 }, () => fateOf([{ kind: 'cut', share: 0.2 }], 'toServer', chance).kind);
  const cut = fates.filter((each) => each === 'cut').length;
  expect(cut).toBeGreaterThan(150);
  expect(cut).toBeLessThan(250);
  expect(fateOf([{ kind: 'cut', share: 0 }], 'toServer', chance).kind).toBe('pass');
});
