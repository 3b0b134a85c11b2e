/** From sosw's configuration and rows to what arrives at Lambda: workers cannot tell who has started them. */
import { dynamodbStore, fromSoswConfig, labourersFromSosw } from '@reeve/adapter-dynamodb';
import { Clock, createReeve } from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import { ManualClock, startLambdaEndpoint } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { expect, test } from 'vitest';
import { recorded } from '../../adapter-dynamodb/test/golden/recorded.ts';
import { doctor } from '../src/doctor.ts';
import { install, tableSettings, testServer } from './fixtures/installation.ts';

const db = testServer();
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

test.each([
  ['typed', 'created', 'invoked'],
  ['retry', 'requeued the rest', 'invoked again'],
])('%s: the events that Reeve sends are those of the real sosw, byte for byte', async (scenario, from, to) => {
  const { labourers, stage } = recorded(scenario);
  const it = await install(db);
  const before = stage(from).tables;
  for (const row of before.sosw_tasks) await it.put(it.tables.tasks, row);
  const config = { task_config: { ...tableSettings(it.tables), labourers } };
  await it.configure('sosw_orchestrator_config', config);
  const now = stage(to).now * 1_000;
  const [foretold] = (await doctor({ client: it.client, config: { table: it.config }, now })).firstRounds;

  const endpoint = await startLambdaEndpoint({ functions: { w0: () => {} }, region: 'us-west-2' });
  const clock = new ManualClock(now);
  const reeve = createReeve({
    labourers: labourersFromSosw(config),
    use: [
      dynamodbStore({ client: it.client, tables: fromSoswConfig(config) }),
      lambdaInvoker({ endpoint: endpoint.url, region: 'us-west-2', credentials: CREDENTIALS }),
      new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock)),
    ],
  });
  await reeve.tick();
  const ids = new Set(before.sosw_tasks.map((row) => row['task_id']?.S));
  const sent = stage(to)
    .invocations?.invoked.map(({ payload }) => payload)
    .filter((payload) => ids.has((JSON.parse(payload) as { task_id: string }).task_id));
  expect(sent?.length).toBeGreaterThan(20);
  // Lambda is called side by side, so requests may overtake each other on their way.
  expect(endpoint.calls.map(({ text }) => text).sort()).toEqual(sent?.sort());
  expect(endpoint.calls.map(({ functionName, invocationType }) => [functionName, invocationType])).toEqual(
    sent?.map(() => ['w0', 'Event']),
  );
  expect(foretold?.starts).toBe(sent?.length);
  await reeve.close();
  await endpoint.close();
});
