import { startDynamoDb } from '@reeve/test-servers';
import { startFaultyProxy } from '@reeve/testkit';
import { killable } from './killable.ts';
import { proxyFaults } from './proxy-faults.ts';
import { folderIn, type Stage, type StageOptions } from './stage.ts';

export const dynamodbStage =
  (layout: 'greenfield' | 'native') =>
  async ({ folder, random }: StageOptions): Promise<Stage> => {
    const data = folderIn(folder, 'dynamodb');
    const server = await killable((at) => startDynamoDb({ folder: data, ...at }));
    const proxy = await startFaultyProxy({ target: { port: server.port }, chance: { random } });
    const common = { kind: 'dynamodb', layout } as const;
    return {
      about: `${server.now().name} on a file, ${layout} layout`,
      store: { ...common, endpoint: `http://${proxy.host}:${proxy.port}` },
      direct: () => ({ ...common, endpoint: server.now().url }),
      proxy,
      faults: { ...proxyFaults(proxy), restart: server.restart, hang: server.hang },
      close: async () => {
        await proxy.close();
        await server.stop();
      },
    };
  };
