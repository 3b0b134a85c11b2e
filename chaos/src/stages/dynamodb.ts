import { startDynamoDb, type TestServer } from '@reeve/test-servers';
import { startFaultyProxy } from '@reeve/testkit';
import { proxyFaults } from './proxy-faults.ts';
import { portOf } from './redis.ts';
import { folderIn, type Stage, type StageOptions } from './stage.ts';

export const dynamodbStage =
  (layout: 'greenfield' | 'native') =>
  async ({ folder, random }: StageOptions): Promise<Stage> => {
    const data = folderIn(folder, 'dynamodb');
    const start = (port?: number): Promise<TestServer> => startDynamoDb({ folder: data, ...(port !== undefined && { port }) });
    let server = await start();
    const port = portOf(server.url);
    const proxy = await startFaultyProxy({ target: { port }, chance: { random } });
    const common = { kind: 'dynamodb', layout } as const;
    return {
      about: `${server.name} on a file, ${layout} layout`,
      store: { ...common, endpoint: `http://${proxy.host}:${proxy.port}` },
      direct: () => ({ ...common, endpoint: server.url }),
      proxy,
      faults: {
        ...proxyFaults(proxy),
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
