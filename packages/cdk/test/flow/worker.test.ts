import { dirname } from 'node:path';
import { dynamodbStore } from '@reeve/adapter-dynamodb';
import { createReeve, Invoker, type Reeve } from '@reeve/core';
import { NonRetryableError, reportTo, worker as workerOf } from '@reeve/worker';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ContainerModule } from 'inversify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployed, worker } from '../fixtures/stack.ts';
import { type Archives, makeArchives } from './archives.ts';
import { deploy, type World } from './world.ts';

const definition = { maxSimultaneousInvocations: 2, maxAttempts: 2, retry: { kind: 'fixed', wait: 0 } } as const;

interface Payload {
  readonly do: 'succeed' | 'give up' | 'fail at first';
}

describe('a worker of @reeve/worker, by the handlers as they are zipped', () => {
  let archives: Archives;
  let world: World;
  let reeve: Reeve;
  const ran: string[] = [];
  /** The function as Lambda has it: event and context. */
  let thumb: (event: unknown) => Promise<unknown>;

  beforeAll(async () => {
    archives = await makeArchives();
    const { template } = deployed((stack) => ({
      labourers: { thumbnails: { ...definition, function: worker(stack) } },
      code: (name) => Code.fromAsset(dirname(archives.code(name))),
    }));
    world = await deploy(template, archives);
    const id = world.idOf('Thumb');
    const handler = workerOf(
      (payload: Payload, { id: task, attempt, stats }) => {
        ran.push(task);
        stats['pages'] = 2;
        if (payload.do === 'give up') throw new NonRetryableError('no such picture');
        if (payload.do === 'fail at first' && attempt === 1) throw new Error('not yet');
        return { size: 7 };
      },
      {
        reportTo: reportTo.lambda({ functionName: world.environmentOf(id)['REEVE_ASSISTANT']!, client: world.lambdaAs(world.roleOf(id)) }),
      },
    );
    thumb = (event) => handler(event, { getRemainingTimeInMillis: () => 30_000 });
    world.endpoint.deploy(world.resolver.nameOf(id), thumb);
    const { store } = JSON.parse(world.environmentOf(world.idOf('ReeveWorksAssistant'))['REEVE_CONFIG']!);
    const noInvoker = new ContainerModule(({ bind }) => {
      bind(Invoker).toConstantValue({ invoke: () => Promise.reject(new Error('the test starts nothing')) });
    });
    reeve = createReeve({ labourers: { thumbnails: definition }, use: [dynamodbStore({ client: world.dynamodb, ...store }), noInvoker] });
  }, 120_000);
  afterAll(async () => {
    await reeve?.close();
    await world?.close();
    archives?.remove();
  });

  /** Rounds until the task has ended. */
  const ended = async (work: Payload['do']): Promise<unknown> => {
    ran.length = 0;
    const { id } = await reeve.enqueue('thumbnails', { do: work });
    const find = () => reeve.find({ labourer: 'thumbnails', id });
    const isOpen = async (): Promise<boolean> => ['queued', 'running'].includes((await find())?.state ?? '');
    for (let n = 0; n < 500 && (await isOpen()); n += 1) {
      await world.run('orchestrator');
      await world.endpoint.settled();
    }
    return find();
  };

  it('reports what it made', async () => {
    expect(await ended('succeed')).toMatchObject({ state: 'completed', attempts: 1, result: '{"size":7}', stats: '{"pages":2}' });
  });

  it('is tried again where that can help, and not where it cannot', async () => {
    expect(await ended('fail at first')).toMatchObject({ state: 'completed', attempts: 2, errors: [{ attempt: 1 }] });
    expect(await ended('give up')).toMatchObject({ state: 'dead', attempts: 1 });
  });

  it('runs once, however often Lambda delivers', async () => {
    const before = world.endpoint.calls.length;
    await ended('succeed');
    const sent = world.endpoint.calls.slice(before).find(({ text }) => text.includes('"payload"'))!;
    await thumb(JSON.parse(sent.text));
    expect(ran).toHaveLength(1);
    expect(world.gate.denied).toEqual([]);
  });
});
