import { readFileSync } from 'node:fs';
import { dynamodbStore } from '@reeve/adapter-dynamodb';
import { createReeve, Invoker, type Reeve } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Template } from '../fixtures/template.ts';
import { type Archives, makeArchives } from './archives.ts';
import { plainWorker, type Told } from './plain-worker.ts';
import { ACCOUNT, REGION } from './resolve.ts';
import { deploy, type World } from './world.ts';

const arn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const labourers = { thumbnails: { target: arn('thumb'), maxSimultaneousInvocations: 2 } };

describe('the plain template, deployed with its parameters', () => {
  let archives: Archives;
  let world: World;
  let reeve: Reeve;
  const told: Told = { ran: [], turnedAway: [], messages: [] };

  beforeAll(async () => {
    archives = await makeArchives();
    const template = JSON.parse(readFileSync(new URL('../../cloudformation/reeve.json', import.meta.url), 'utf8')) as Template;
    world = await deploy(template, archives, {
      begins: '',
      parameters: { Labourers: JSON.stringify(labourers), WorkerFunctions: arn('thumb'), AssistantName: 'reeve-assistant' },
      others: [{ role: 'ThumbRole', action: 'lambda:InvokeFunction', resource: arn('reeve-assistant') }],
    });
    world.endpoint.deploy('thumb', plainWorker(world.lambdaAs('ThumbRole'), 'reeve-assistant', told));
    const { store } = JSON.parse(world.environmentOf(world.idOf('Assistant'))['REEVE_CONFIG']!);
    const noInvoker = new ContainerModule(({ bind }) => {
      bind(Invoker).toConstantValue({ invoke: () => Promise.reject(new Error('the test starts nothing')) });
    });
    reeve = createReeve({ labourers, use: [dynamodbStore({ client: world.dynamodb, ...store, atStart: 'verify' }), noInvoker] });
  }, 120_000);
  afterAll(async () => {
    await reeve?.close();
    await world?.close();
    archives?.remove();
  });

  it('takes a task from its table through a worker to its end', async () => {
    const { id } = await reeve.enqueue('thumbnails', { do: 'succeed' });
    const isDone = async (): Promise<boolean> => (await reeve.find({ labourer: 'thumbnails', id }))?.state === 'completed';
    for (let n = 0; n < 500 && !(await isDone()); n += 1) {
      await world.run('orchestrator');
      await world.endpoint.settled();
    }
    expect(await isDone()).toBe(true);
    expect(told.ran).toEqual([{ id, attempt: 1 }]);
    expect(world.gate.denied).toEqual([]);
  });

  it('has all four functions in working order', async () => {
    expect(await world.run('scavenger')).toMatchObject({ errors: [] });
    expect(await world.run('scheduler')).toMatchObject({ errors: [] });
  });
});
