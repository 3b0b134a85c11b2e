import { startRedis, type TestServer } from '@reeve/test-servers';
import { startFaultyProxy } from '@reeve/testkit';
import { Redis } from 'ioredis';
import { killable, portOf } from './killable.ts';
import { proxyFaults } from './proxy-faults.ts';
import { folderIn, type Stage, type StageOptions } from './stage.ts';

/** Every answered write is on the disk: with `everysec` a killed server still loses nothing, and a power cut a second. */
const ARGS = ['--appendonly', 'yes', '--appendfsync', 'always', '--repl-diskless-sync-delay', '0', '--repl-timeout', '5'];

/** Says one thing to a server and leaves. */
const tell = async (url: string, ...command: readonly string[]): Promise<string> => {
  const client = new Redis(url, { retryStrategy: () => null, commandTimeout: 2_000, lazyConnect: true });
  client.on('error', () => {});
  try {
    await client.connect();
    const [name = '', ...args] = command;
    return String(await client.call(name, ...args));
  } finally {
    client.disconnect();
  }
};

export const redisStage = async ({ folder, tasks, random }: StageOptions): Promise<Stage> => {
  const data = folderIn(folder, 'redis');
  const server = await killable((at) => startRedis({ folder: data, args: ARGS, ...at }));
  const proxy = await startFaultyProxy({ target: { port: server.port }, chance: { random } });
  const common = { kind: 'redis', replicas: 0, keepHistory: 2 * tasks } as const;
  return {
    about: `${server.now().name}, appendonly yes, appendfsync always`,
    store: { ...common, url: `redis://${proxy.host}:${proxy.port}` },
    direct: () => ({ ...common, url: server.now().url }),
    proxy,
    faults: {
      ...proxyFaults(proxy),
      terminate: async () => {
        await tell(server.now().url, 'CLIENT', 'KILL', 'TYPE', 'normal');
        await tell(server.now().url, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
        return undefined;
      },
      restart: server.restart,
      hang: server.hang,
    },
    close: async () => {
      await proxy.close();
      await server.stop();
    },
  };
};

/** A primary and its replica; each answered write is on both, so that whichever is left knows it. */
export const redisFailoverStage = async ({ folder, tasks, random }: StageOptions): Promise<Stage> => {
  const start = (name: string, port?: number): Promise<TestServer> =>
    startRedis({ folder: folderIn(folder, name), args: ARGS, ...(port !== undefined && { port }) });
  let [primary, replica] = [
    { name: 'one', server: await start('one') },
    { name: 'two', server: await start('two') },
  ];
  const follow = (): Promise<unknown> => tell(replica.server.url, 'REPLICAOF', '127.0.0.1', String(portOf(primary.server.url)));
  const inStep = async (): Promise<void> => {
    for (;;) {
      const info = await tell(replica.server.url, 'INFO', 'replication');
      if (/master_link_status:up/.test(info)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await follow();
  await inStep();
  const proxy = await startFaultyProxy({ target: { port: portOf(primary.server.url) }, chance: { random } });
  const common = { kind: 'redis', replicas: 1, keepHistory: 2 * tasks } as const;
  return {
    about: `${primary.server.name} and a replica, appendonly yes, appendfsync always, waitFor 1 replica`,
    store: { ...common, url: `redis://${proxy.host}:${proxy.port}` },
    direct: () => ({ ...common, replicas: 0, url: primary.server.url }),
    proxy,
    faults: {
      ...proxyFaults(proxy),
      failover: async () => {
        const port = portOf(primary.server.url);
        await primary.server.stop(); // by SIGKILL
        return async () => {
          await tell(replica.server.url, 'REPLICAOF', 'NO', 'ONE');
          [primary, replica] = [replica, primary];
          proxy.retarget({ port: portOf(primary.server.url) });
          proxy.cut();
          replica = { name: replica.name, server: await start(replica.name, port) };
          await follow();
          await inStep();
        };
      },
    },
    close: async () => {
      await proxy.close();
      await Promise.all([primary.server.stop(), replica.server.stop()]);
    },
  };
};
