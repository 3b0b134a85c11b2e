import { type PostgresServer, startPostgres } from '@reeve/test-servers';
import { startFaultyProxy } from '@reeve/testkit';
import { Client } from 'pg';
import { proxyFaults } from './proxy-faults.ts';
import type { Stage, StageOptions } from './stage.ts';

export const postgresStage = async ({ folder, random }: StageOptions): Promise<Stage> => {
  const start = (port?: number): Promise<PostgresServer> => startPostgres({ durable: true, folder, ...(port !== undefined && { port }) });
  let server = await start();
  const port = Number(new URL(server.url).port);
  const proxy = await startFaultyProxy({ target: { port }, chance: { random } });
  const through = new URL(server.url);
  through.port = String(proxy.port);
  return {
    about: `${server.name}, fsync on, synchronous_commit on`,
    store: { kind: 'postgres', url: through.href },
    direct: () => ({ kind: 'postgres', url: server.url }),
    proxy,
    faults: {
      ...proxyFaults(proxy),
      terminate: async () => {
        const client = new Client({ connectionString: server.url, connectionTimeoutMillis: 2_000 });
        client.on('error', () => {});
        await client.connect();
        await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        );
        await client.end();
        return undefined;
      },
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
