import { type PostgresServer, startPgBouncer, startPostgres } from '@reeve/test-servers';
import { startFaultyProxy } from '@reeve/testkit';
import { Client } from 'pg';
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

const portOf = (url: string): number => Number(new URL(url).port);

export const postgresStage = async ({ folder, random }: StageOptions): Promise<Stage> => {
  const start = (port?: number): Promise<PostgresServer> => startPostgres({ durable: true, folder, ...(port !== undefined && { port }) });
  let server = await start();
  const port = portOf(server.url);
  const proxy = await startFaultyProxy({ target: { port }, chance: { random } });
  return {
    about: `${server.name}, fsync on, synchronous_commit on`,
    store: { kind: 'postgres', url: throughPort(server.url, proxy.port) },
    direct: () => ({ kind: 'postgres', url: server.url }),
    proxy,
    faults: {
      ...proxyFaults(proxy),
      terminate: () => terminate(server.url),
      restart: async () => {
        await server.stop(); // by SIGKILL
        return async () => {
          server = await start(port);
        };
      },
    },
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
  let pooler = await startPgBouncer({ url });
  const port = portOf(pooler.url);
  const proxy = await startFaultyProxy({ target: { port }, chance: { random: options.random } });
  return {
    ...behind,
    about: `${pooler.name} in transaction mode before ${behind.about}`,
    store: { kind: 'postgres', url: throughPort(url, proxy.port), listen: url },
    proxy,
    faults: {
      ...behind.faults,
      ...proxyFaults(proxy),
      pooler: async () => {
        await pooler.stop(); // by SIGKILL
        return async () => {
          pooler = await startPgBouncer({ url, port });
        };
      },
    },
    close: async () => {
      await proxy.close();
      await pooler.stop();
      await behind.close();
    },
  };
};
