import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { startPgBouncer } from '../src/index.ts';

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('reeve-pgbouncer-'));

it('starts before a database, at an address of its own, and leaves nothing behind', async () => {
  // It needs its server when somebody asks for something, and not to start.
  const pooler = await startPgBouncer({ url: 'postgres://me:secret@127.0.0.1:1/app' });
  onTestFinished(() => pooler.stop());
  const { port, pathname, username } = new URL(pooler.url);
  expect({ pathname, username, isOwn: port !== '1' }).toEqual({ pathname: '/app', username: 'me', isOwn: true });
  const socket = connect(Number(port), '127.0.0.1');
  await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
  socket.destroy();
  const made = folders();
  expect(made.length).toBeGreaterThan(0);
  await pooler.stop();
  expect(folders().length).toBeLessThan(made.length);
  const again = await startPgBouncer({ url: 'postgres://me:secret@127.0.0.1:1/app', port: Number(port) });
  expect(again.url).toBe(pooler.url);
  await again.stop();
});
