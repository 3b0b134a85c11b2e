import { startPgBouncer, startPostgres } from '@reeve/test-servers';
import { startFaultyProxy } from '@reeve/testkit';
import { Client } from 'pg';
import { killable } from './killable.ts';
import { proxyFaults } from './proxy-faults.ts';
import type { Stage, StageOptions } from './stage.ts';

/** Ends every connection to the server but its own. */
const terminate = async (url: string): Promise<undefined> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
  );
  await client.end();
  return undefined;
};

const throughPort = (url: string, port: number): string => {
  const through = new URL(url);
  through.port = String(port);
  return through.href;
};

export const postgresStage = async ({ folder, random }: StageOptions): Promise<Stage> => {
  const server = await killable((at) => startPostgres({ durable: true, folder, ...at }));
  const proxy = await startFaultyProxy({ target: { port: server.port }, chance: { random } });
  return {
    about: `${server.now().name}, fsync on, synchronous_commit on`,
    store: { kind: 'postgres', url: throughPort(server.now().url, proxy.port) },
    direct: () => ({ kind: 'postgres', url: server.now().url }),
    proxy,
    faults: { ...proxyFaults(proxy), terminate: () => terminate(server.now().url), restart: server.restart, hang: server.hang },
    close: async () => {
      await proxy.close();
      await server.stop();
    },
  };
};

/** Processes call through a proxy and a PgBouncer, which keeps no LISTEN: they listen at the server itself. Either may be killed. */
export const pgbouncerStage = async (options: StageOptions): Promise<Stage> => {
  const behind = await postgresStage(options);
  const { url } = behind.direct() as { readonly url: string };
  const pooler = await killable((at) => startPgBouncer({ url, ...at }));
  const proxy = await startFaultyProxy({ target: { port: pooler.port }, chance: { random: options.random } });
  return {
    ...behind,
    about: `${pooler.now().name} in transaction mode before ${behind.about}`,
    store: { kind: 'postgres', url: throughPort(url, proxy.port), listen: url },
    proxy,
    faults: { ...behind.faults, ...proxyFaults(proxy), pooler: pooler.restart },
    close: async () => {
      await proxy.close();
      await pooler.stop();
      await behind.close();
    },
  };
};
