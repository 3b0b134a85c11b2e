import { dirname } from 'node:path';
import { dynamodbStore } from '@reeve/adapter-dynamodb';
import { createReeve, Invoker, type Reeve } from '@reeve/core';
import { lambdaErrors } from '@reeve/testkit';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ContainerModule } from 'inversify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deployed, worker } from '../fixtures/stack.ts';
import { type Archives, makeArchives } from './archives.ts';
import { plainWorker, type Told } from './plain-worker.ts';
import { deploy, type World } from './world.ts';

const SECRET = 'nobody-else-s-business';
const retry = { kind: 'fixed', wait: 0 } as const;
const definitions = {
  thumbnails: { maxSimultaneousInvocations: 2, maxAttempts: 2, retry },
  // Short, for it is waited for; and long enough that its worker is invoked within it on a busy machine.
  hasty: { maxSimultaneousInvocations: 2, maxAttempts: 2, retry, lease: { duration: 2_000, cooldown: 0 } },
};

let archives: Archives;
beforeAll(async () => {
  archives = await makeArchives();
}, 120_000);
afterAll(() => archives.remove());

describe.each(['native', 'sosw'] as const)('the handlers as they are zipped, on the tables of the template (%s)', (layout) => {
  let world: World;
  let reeve: Reeve;
  const told: Told = { ran: [], turnedAway: [], messages: [] };

  beforeAll(async () => {
    const { template } = deployed((stack) => ({
      labourers: {
        thumbnails: { ...definitions.thumbnails, function: worker(stack) },
        hasty: { ...definitions.hasty, function: worker(stack, 'Hasty') },
      },
      tables: { layout },
      settings: { jobs: { job_schema: { chunkable_attrs: [] } } },
      code: (name) => Code.fromAsset(dirname(archives.code(name))),
    }));
    world = await deploy(template, archives);
    for (const id of ['Thumb', 'Hasty'].map(world.idOf)) {
      const { REEVE_ASSISTANT: assistant = '' } = world.environmentOf(id);
      world.endpoint.deploy(world.resolver.nameOf(id), plainWorker(world.lambdaAs(world.roleOf(id)), assistant, told));
    }
    const { store } = JSON.parse(world.environmentOf(world.idOf('ReeveWorksAssistant'))['REEVE_CONFIG']!);
    const noInvoker = new ContainerModule(({ bind }) => {
      bind(Invoker).toConstantValue({ invoke: () => Promise.reject(new Error('the test starts nothing')) });
    });
    // That it starts at all says that the tables are as the adapter needs them: it verifies.
    reeve = createReeve({
      labourers: definitions,
      use: [dynamodbStore({ client: world.dynamodb, ...store, atStart: 'verify' }), noInvoker],
    });
    await reeve.start();
  }, 120_000);
  afterAll(async () => {
    await reeve?.close();
    await world?.close();
  });
  beforeEach(() => {
    for (const each of [told.ran, told.turnedAway, told.messages]) each.length = 0;
  });

  const enqueue = async (work: string, labourer: keyof typeof definitions = 'thumbnails'): Promise<string> =>
    (await reeve.enqueue(labourer, { do: work, secret: SECRET })).id;
  const stateOf = async (id: string, labourer = 'thumbnails') => (await reeve.find({ labourer, id }))?.state;
  /** One round, and all that comes of it: the workers it started, and what these reported. */
  const round = async (): Promise<unknown> => {
    const answer = await world.run('orchestrator');
    await world.endpoint.settled();
    return answer;
  };
  /** Again and again until it is so: an index of DynamoDB may show a task a little later, and a lease takes its time. */
  const until = async (isSo: () => boolean | Promise<boolean>, work: () => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < 500 && !(await isSo()); n += 1) await work();
    expect(await isSo()).toBe(true);
  };
  const roundsUntil = (id: string, expected: string): Promise<void> => until(async () => (await stateOf(id)) === expected, round);

  it('takes a task from the queue through a worker to its closed row', async () => {
    const id = await enqueue('succeed');
    await roundsUntil(id, 'completed');
    expect(told.ran).toEqual([{ id, attempt: 1 }]);
    const closed = await reeve.find({ labourer: 'thumbnails', id });
    expect(closed).toMatchObject({ state: 'completed', attempts: 1, payload: `{"do":"succeed","secret":"${SECRET}"}` });
    expect(JSON.parse((closed as { result: string }).result)).toEqual({ size: 7 });
  });

  it('tries a failed task again, and it succeeds', async () => {
    const id = await enqueue('succeed at last');
    await roundsUntil(id, 'completed');
    expect(told.ran).toEqual([
      { id, attempt: 1 },
      { id, attempt: 2 },
    ]);
    expect((await reeve.find({ labourer: 'thumbnails', id }))?.errors).toMatchObject([{ attempt: 1, error: 'TimeoutError: no answer' }]);
  });

  it('buries a task that is out of attempts, and runs it anew once it is redriven', async () => {
    const id = await enqueue('fail');
    await roundsUntil(id, 'dead');
    expect(told.ran.map(({ attempt }) => attempt)).toEqual([1, 2]);
    await round();
    expect(told.ran).toHaveLength(2);
    expect(await reeve.redrive([{ labourer: 'thumbnails', id }])).toEqual(['queued']);
    await roundsUntil(id, 'dead');
    expect(told.ran.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  });

  it('has the Scavenger find a worker that died, and not before its lease is over', async () => {
    const id = await enqueue('die at first', 'hasty');
    await until(() => told.ran.length === 1, round);
    const task = await reeve.find({ labourer: 'hasty', id });
    expect(task).toMatchObject({ state: 'running', attempts: 1 });
    const { deadline } = task as { deadline: number };
    let retriedAt = 0;
    const swept = async (): Promise<void> => {
      const { retried } = (await world.run('scavenger')) as { readonly retried: number };
      if (retried > 0) retriedAt = Date.now();
    };
    await until(async () => (await stateOf(id, 'hasty')) !== 'running', swept);
    expect(retriedAt).toBeGreaterThanOrEqual(deadline);
    expect(await reeve.find({ labourer: 'hasty', id })).toMatchObject({ state: 'queued', attempts: 1 });
    await until(async () => (await stateOf(id, 'hasty')) === 'completed', round);
    expect(told.ran.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('runs an attempt once that Lambda delivers twice', async () => {
    const id = await enqueue('succeed');
    const before = world.endpoint.calls.length;
    await roundsUntil(id, 'completed');
    const sent = world.endpoint.calls.slice(before).find(({ text }) => text.includes('"payload"'))!;
    const again = plainWorker(
      world.lambdaAs(world.roleOf(world.idOf('Thumb'))),
      world.environmentOf(world.idOf('Thumb'))['REEVE_ASSISTANT']!,
      told,
    );
    await again(JSON.parse(sent.text));
    expect(told.ran).toEqual([{ id, attempt: 1 }]);
    expect(told.turnedAway).toEqual([id]);
  });

  it('changes nothing for a report that comes twice, late or forged', async () => {
    const id = await enqueue('succeed');
    await roundsUntil(id, 'completed');
    const done = told.messages.find(({ reeve: kind }) => kind === 'done')!;
    expect(await world.run('assistant', done)).toEqual({ outcome: 'repeated' });
    expect(await world.run('assistant', { ...done, reeve: 'failed', error: 'late' })).toEqual({ outcome: 'stale' });
    expect(await world.run('assistant', { ...done, attempt: { ...done.attempt, token: 'forged' } })).toEqual({ outcome: 'stale' });
    const ghost = { labourer: 'thumbnails', id: 'ghost', token: 'forged' };
    expect(await world.run('assistant', { ...done, attempt: ghost })).toEqual({ outcome: 'stale' });
    expect(await stateOf(id)).toBe('completed');
    expect(await stateOf('ghost')).toBeUndefined();
  });

  it('gives an attempt back that Lambda throttles, uncounted', async () => {
    const id = await enqueue('succeed');
    world.endpoint.next(lambdaErrors.throttled(0));
    await roundsUntil(id, 'completed');
    expect(told.ran).toEqual([{ id, attempt: 1 }]);
    expect(await reeve.find({ labourer: 'thumbnails', id })).toMatchObject({ attempts: 1, errors: [] });
  });

  it('makes the tasks of a job, once for each run of it', async () => {
    const job = { lambda_name: 'thumbnails', do: 'succeed', secret: SECRET };
    expect(await world.run('scheduler', { job, run: 'monday' }, 30_000)).toMatchObject({ state: 'created', total: 1 });
    expect(await world.run('scheduler', { job, run: 'monday' }, 30_000)).toMatchObject({ state: 'created', total: 1 });
    await until(() => told.messages.some(({ reeve: kind }) => kind === 'done'), round);
    expect(told.ran).toHaveLength(1);
  });

  it('goes on with a job in another invocation, where one has no time for it', async () => {
    const job = { lambda_name: 'thumbnails', do: 'succeed', secret: SECRET };
    expect(await world.run('scheduler', { job, run: 'tuesday' }, 1_000)).toMatchObject({ continuedBy: 'invoke' });
    await world.endpoint.settled();
    await until(() => told.messages.some(({ reeve: kind }) => kind === 'done'), round);
    expect(told.ran).toHaveLength(1);
  });

  it('fires schedules and goes on with jobs in its rounds', async () => {
    expect(await world.run('scheduler', { 'detail-type': 'Scheduled Event' })).toMatchObject({ fired: 0, continued: [], errors: [] });
  });

  it('counts dead tasks where the alarm looks for them', () => {
    const lines = world.processes.assistant.log
      .join('')
      .split('\n')
      .filter((line) => line.includes('"_aws"'));
    const metrics = lines.map((line) => JSON.parse(line) as { readonly Dead: number; readonly Handler: string; readonly _aws: object });
    expect(metrics.reduce((sum, { Dead }) => sum + Dead, 0)).toBeGreaterThanOrEqual(2);
    expect(metrics[0]).toMatchObject({
      Handler: 'assistant',
      _aws: { CloudWatchMetrics: [{ Namespace: 'Reeve/Shop', Dimensions: [['Handler']] }] },
    });
  });

  it('asks for nothing that the policies do not allow, and writes no payload into a log', () => {
    expect(world.gate.denied).toEqual([]);
    for (const { log, name } of Object.values(world.processes)) expect(`${name} ${log.join('')}`).not.toContain(SECRET);
  });
});
