import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { startPostgres } from '../src/index.ts';

const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('reeve-postgres-'));

it('starts servers beside each other, and leaves neither process nor folder behind', async () => {
  const before = new Set(folders());
  const servers = await Promise.all([startPostgres({ env: {} }), startPostgres({ env: {}, settings: { max_connections: '10' } })]);
  expect(new Set(servers.map(({ url }) => url)).size).toBe(2);
  for (const { url } of servers) expect(await answers(url)).toBe(true);
  const made = folders().filter((name) => !before.has(name));
  expect(made.length).toBeGreaterThanOrEqual(2);
  await Promise.all(servers.map((server) => server.stop()));
  await servers[0]?.stop();
  for (const { url } of servers) expect(await answers(url)).toBe(false);
  // Another file's server may have come meanwhile; of ours none is left.
  expect(made.filter((name) => existsSync(`${tmpdir()}/${name}/data/postmaster.pid`)).length).toBeLessThanOrEqual(made.length - 2);
});

it('leaves a server alone that somebody else runs', async () => {
  const server = await startPostgres({ env: { REEVE_TEST_POSTGRES_URL: 'postgres://me@host/db' } });
  expect(server).toMatchObject({ url: 'postgres://me@host/db', name: 'REEVE_TEST_POSTGRES_URL' });
  await server.stop();
});
