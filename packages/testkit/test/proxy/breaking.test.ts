import { expect, it } from 'vitest';
import { aCaller, aMoment, anEcho, aProxy } from './fixtures.ts';

it('cuts at a piece: neither side gets it, both are reset', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  caller.socket.write('before');
  await expect.poll(caller.said).toBe('before');
  proxy.add({ kind: 'cut', way: 'toServer' });
  caller.socket.write('after');
  await expect.poll(caller.end).toBe('ECONNRESET');
  await expect.poll(() => echo.sockets[0]?.destroyed).toBe(true);
  expect(echo.received()).toBe('before');
  expect(proxy.hits).toMatchObject({ cut: 1, cutAfterAnswer: 0 });
});

it('cuts all that is open at once', async () => {
  const proxy = await aProxy({ target: await anEcho() });
  const callers = [await aCaller(proxy), await aCaller(proxy)];
  await expect.poll(() => proxy.connections).toBe(2);
  expect(proxy.cut()).toBe(2);
  for (const { end } of callers) await expect.poll(end).toBe('ECONNRESET');
  expect(proxy.cut()).toBe(0);
});

it('cuts after the answer: the server did it, and the client never hears of it', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  caller.socket.write('one');
  await expect.poll(caller.said).toBe('one');
  proxy.add({ kind: 'cutAfterAnswer' });
  await aMoment();
  expect(caller.end()).toBeUndefined(); // not before there is an answer
  caller.socket.write('two');
  await expect.poll(caller.end).toBe('ECONNRESET');
  expect(echo.received()).toBe('onetwo');
  expect(caller.said()).toBe('one');
});

it('swallows what comes while both sides take the connection for alive, and never lets half a message through', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const [caller, idle] = [await aCaller(proxy), await aCaller(proxy)];
  await expect.poll(() => echo.sockets.length).toBe(2);
  const remove = proxy.add({ kind: 'blackHole' });
  caller.socket.write('first half ');
  await aMoment();
  remove();
  caller.socket.write('second half');
  await aMoment();
  expect(echo.received()).toBe('');
  expect([caller.end(), echo.sockets[0]?.destroyed]).toEqual([undefined, false]);
  idle.socket.write('nothing of this one was lost');
  await expect.poll(idle.said).toBe('nothing of this one was lost');
});

it('half opens: the server is told, the client is not', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  await expect.poll(() => echo.sockets.length).toBe(1);
  expect(proxy.halfOpen()).toBe(1);
  await expect.poll(() => echo.sockets[0]?.destroyed).toBe(true);
  caller.socket.write('anybody there?');
  await aMoment();
  expect([caller.end(), caller.said(), proxy.connections]).toEqual([undefined, '', 1]);

  const other = await aCaller(proxy);
  proxy.add({ kind: 'halfOpen', share: 1 });
  other.socket.write('?');
  await expect.poll(() => echo.sockets[1]?.destroyed).toBe(true);
  expect([other.end(), echo.received()]).toEqual([undefined, '']);
  await proxy.close();
  await expect.poll(other.end).toBe('ECONNRESET');
});

it('lets callers in and shows them the door', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const before = await aCaller(proxy);
  const remove = proxy.add({ kind: 'refuse' });
  const { end } = await aCaller(proxy);
  await expect.poll(end).toBe('ECONNRESET');
  before.socket.write('still here');
  await expect.poll(before.said).toBe('still here');
  remove();
  const after = await aCaller(proxy);
  after.socket.write('!');
  await expect.poll(after.said).toBe('!');
  expect(proxy.hits.refuse).toBe(1);
});

it('resets a caller whose server is not there, and goes on when it is', async () => {
  const echo = await anEcho();
  const nobody = await aProxy({ target: echo });
  await nobody.close();
  const proxy = await aProxy({ target: nobody });
  const { end } = await aCaller(proxy);
  await expect.poll(end).toMatch(/ECONNRESET|EPIPE/);
  proxy.retarget(echo);
  const caller = await aCaller(proxy);
  caller.socket.write('!');
  await expect.poll(caller.said).toBe('!');
});

it('a server that dies takes its clients along', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  caller.socket.write('!');
  await expect.poll(caller.said).toBe('!');
  echo.sockets[0]?.resetAndDestroy();
  await expect.poll(caller.end).toBe('ECONNRESET');
  await expect.poll(() => proxy.connections).toBe(0);
});

it('a client that dies is gone for the server', async () => {
  const echo = await anEcho();
  const proxy = await aProxy({ target: echo });
  const caller = await aCaller(proxy);
  await expect.poll(() => echo.sockets.length).toBe(1);
  caller.socket.resetAndDestroy();
  await expect.poll(() => echo.sockets[0]?.destroyed).toBe(true);
  await expect.poll(() => proxy.connections).toBe(0);
});

it('says what was wrong with a port that is taken', async () => {
  const echo = await anEcho();
  await expect(aProxy({ target: echo, port: echo.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
