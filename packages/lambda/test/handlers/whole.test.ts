/** All four handlers over DynamoDB, and workers in a local Lambda, which report by invoking the Assistant. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda, LambdaClient } from '@aws-sdk/client-lambda';
import { defaultTables, dynamodbStore } from '@reeve/adapter-dynamodb';
import { type AttemptRef, createReeve, MINUTE, type Reeve, SECOND } from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { type LambdaContext, type LambdaEndpoint, lambdaErrors, ManualClock, startLambdaEndpoint } from '@reeve/testkit';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { assistant, configured, type Handler, orchestrator, type Parts, scavenger, scheduler } from '../../src/index.ts';
import { testDynamoDb } from '../support/dynamodb.ts';
import { clockPart, contextOf, recordingLogger } from '../support/lambda.ts';

const db = testDynamoDb();
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:';

interface Envelope {
  readonly reeve: AttemptRef & { readonly attempt: number };
  readonly payload: { readonly sections?: readonly string[] };
}

interface Deployed {
  readonly orchestrator: Handler<unknown>;
  readonly scavenger: Handler<unknown>;
  readonly scheduler: Handler<unknown>;
  readonly reeve: Reeve;
}

let clock: ManualClock;
let endpoint: LambdaEndpoint;
let caller: Lambda;
let ran: string[];
let work: (envelope: Envelope) => Promise<object | undefined>;
beforeEach(async () => {
  clock = new ManualClock();
  ran = [];
  work = async () => ({ reeve: 'done', result: { ok: true } });
  const worker = async (envelope: Envelope): Promise<void> => {
    ran.push(`${envelope.payload.sections?.join() ?? ''} ${envelope.reeve.attempt}`);
    const report = await work(envelope);
    if (!report) return;
    const message = JSON.stringify({ attempt: envelope.reeve, ...report });
    await caller.invoke({ FunctionName: 'assistant', InvocationType: 'Event', Payload: Buffer.from(message) });
  };
  endpoint = await startLambdaEndpoint({ functions: { worker }, retryDelays: [], clock });
  caller = new Lambda({ endpoint: endpoint.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(async () => {
    caller.destroy();
    await endpoint.close();
  });
});

/** As each would be deployed: a container of its own, that reads its configuration. */
const deploy = (layout: 'native' | 'greenfield'): Deployed => {
  const prefix = db.prefix();
  const client = new DynamoDBClient({ endpoint: db.url, ...TEST_CREDENTIALS });
  const invoking = new LambdaClient({ endpoint: endpoint.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => {
    client.destroy();
    invoking.destroy();
  });
  const tables = defaultTables(prefix);
  const configuration = {
    labourers: {
      reports: {
        target: `${ARN}worker`,
        maxSimultaneousInvocations: 5,
        maxAttempts: 2,
        lease: { duration: MINUTE, cooldown: 0 },
        retry: { kind: 'fixed', wait: SECOND },
      },
    },
    jobs: { job_schema: { chunkable_attrs: ['section'] } },
  };
  const parts = (): Partial<Parts> => ({
    store: dynamodbStore({
      client,
      atStart: 'create',
      ...(layout === 'native' ? { layout, nativeTable: `${prefix}reeve` } : { layout, tables }),
    }),
    invoker: lambdaInvoker({ client: invoking }),
    use: [clockPart(clock)],
  });
  const setup = (): ReturnType<typeof configured> =>
    configured({ sources: [{ kind: 'code', name: 'here', read: async () => [{ path: [], value: configuration, from: 'here' }] }], parts });
  const options = { clock, logger: recordingLogger() };
  const serve = assistant(setup(), options);
  endpoint.deploy('assistant', (event, context: LambdaContext) => serve(event, contextOf(clock, MINUTE, context.awsRequestId)));
  const { store, invoker, use = [] } = parts();
  const reeve = createReeve({ labourers: configuration.labourers as never, use: [store!, invoker!, ...use] });
  onTestFinished(() => reeve.close());
  return {
    orchestrator: orchestrator(setup(), options),
    scavenger: scavenger(setup(), options),
    scheduler: scheduler(setup(), options),
    reeve,
  };
};
const settled = async (): Promise<void> => {
  for (let calls = -1; calls < endpoint.calls.length; ) {
    calls = endpoint.calls.length;
    await endpoint.settled();
  }
};
const call = async (handler: Handler<unknown>, event: object = {}): Promise<unknown> => {
  const answer = await handler(event, contextOf(clock, 'job' in event ? MINUTE : SECOND));
  await settled();
  return answer;
};
const job = { job: { lambda_name: 'reports', isolate_sections: true, sections: ['a', 'b', 'c'] }, run: 'monday' };
const states = async ({ reeve }: Deployed, state: 'queued' | 'running' | 'completed' | 'dead'): Promise<number> =>
  (await reeve.list({ labourer: 'reports', state, limit: 100 })).tasks.length;

describe.each(['native', 'greenfield'] as const)('on the %s layout', (layout) => {
  it('a job becomes tasks, tasks attempts, and reports of workers end them', async () => {
    const all = deploy(layout);
    expect(await call(all.scheduler, job)).toMatchObject({ state: 'created', total: 3 });
    expect(await call(all.orchestrator)).toMatchObject({ claimed: 3, accepted: 3 });
    expect([...ran].sort()).toEqual(['a 1', 'b 1', 'c 1']);
    expect(await states(all, 'completed')).toBe(3);
    // The same job once more makes nothing.
    expect(await call(all.scheduler, job)).toMatchObject({ state: 'created' });
    expect(await call(all.orchestrator)).toMatchObject({ claimed: 0 });
  });

  it('a worker that fails is tried again, then dead, and redriven', async () => {
    const all = deploy(layout);
    work = async () => ({ reeve: 'failed', error: 'Broken: it' });
    await call(all.scheduler, job);
    await call(all.orchestrator);
    expect(await states(all, 'queued')).toBe(3);
    clock.set(clock.now() + 5 * SECOND);
    await call(all.orchestrator);
    expect(await states(all, 'dead')).toBe(3);
    work = async () => ({ reeve: 'done' });
    await all.reeve.redriveAll({ labourer: 'reports', state: 'dead' });
    await call(all.orchestrator);
    expect(await states(all, 'completed')).toBe(3);
    expect(ran).toHaveLength(9);
  });

  it('a worker that is killed is tried again after its lease, and not before; its late report changes nothing', async () => {
    const all = deploy(layout);
    let late: Envelope | undefined;
    work = async (envelope) => {
      late = envelope;
      return undefined;
    };
    await call(all.scheduler, { ...job, job: { ...job.job, sections: ['a'] } });
    await call(all.orchestrator);
    clock.set(clock.now() + 30 * SECOND);
    expect(await call(all.scavenger)).toMatchObject({ expired: 0 });
    clock.set(clock.now() + 35 * SECOND);
    expect(await call(all.scavenger)).toMatchObject({ expired: 1, retried: 1 });
    clock.set(clock.now() + 5 * SECOND);
    work = async () => ({ reeve: 'done', result: 'second' });
    await call(all.orchestrator);
    expect(ran).toEqual(['a 1', 'a 2']);
    const message = JSON.stringify({ reeve: 'done', attempt: late?.reeve, result: 'late' });
    const answer = await caller.invoke({ FunctionName: 'assistant', Payload: Buffer.from(message) });
    expect(JSON.parse(Buffer.from(answer.Payload!).toString())).toEqual({ outcome: 'stale' });
    const [done] = (await all.reeve.list({ labourer: 'reports', state: 'completed', limit: 10 })).tasks;
    expect(done).toMatchObject({ result: '"second"', attempts: 2 });
  });

  it('an invocation that is throttled costs no attempt and no place', async () => {
    const all = deploy(layout);
    await call(all.scheduler, { ...job, job: { ...job.job, sections: ['a'] } });
    endpoint.next(lambdaErrors.throttled());
    expect(await call(all.orchestrator)).toMatchObject({ refused: 1, accepted: 0 });
    clock.set(clock.now() + MINUTE);
    expect(await call(all.orchestrator)).toMatchObject({ accepted: 1 });
    expect(ran).toEqual(['a 1']);
  });
});
