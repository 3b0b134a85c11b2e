import { Lambda } from '@aws-sdk/client-lambda';
import { createReeve, Invoker, MemoryTaskStore, MINUTE, type Reeve, ReeveError, SECOND } from '@reeve/core';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { type LambdaEndpoint, lambdaErrors, ManualClock, ScriptedInvoker, startLambdaEndpoint } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Parts, type SchedulerAnswer, type SchedulerOptions, scheduler } from '../../src/index.ts';
import { clockPart, contextOf, passing, recordingLogger, storePart } from '../support/lambda.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:scheduler';
const labourers = { mill: { target: 'mill', maxSimultaneousInvocations: 10 } };

let clock: ManualClock;
let store: MemoryTaskStore;
let reeve: Reeve;
let logger: ReturnType<typeof recordingLogger>;
beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryTaskStore({ clock });
  logger = recordingLogger();
  const { store: own, invoker, use = [] } = partsOf();
  reeve = createReeve({ labourers, use: [own!, invoker!, ...use] });
});

const partsOf = (over: Partial<Parts> = {}): Parts => ({
  labourers,
  store: storePart(store),
  invoker: new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue(new ScriptedInvoker())),
  use: [clockPart(clock)],
  jobs: { job_schema: { chunkable_attrs: ['section'] } },
  ...over,
});
const jobOf = (sections: number): object => ({
  lambda_name: 'mill',
  isolate_sections: true,
  sections: Array.from({ length: sections }, (_, n) => `s${n}`),
});
/** Each call of it takes so long. */
const slow = (time: number): void => {
  const enqueue = store.enqueue.bind(store);
  store.enqueue = async (tasks) => {
    const answer = await enqueue(tasks);
    clock.set(clock.now() + time);
    return answer;
  };
};
const queued = async (): Promise<number> => {
  const [census] = await reeve.census(['mill']);
  return (census?.due ?? 0) + (census?.waiting ?? 0);
};
const call = (event: unknown, options: SchedulerOptions = {}, remaining = MINUTE, requestId = 'request-1'): Promise<SchedulerAnswer> =>
  scheduler(partsOf(), { clock, logger, ...options })(event, { ...contextOf(clock, remaining, requestId), invokedFunctionArn: ARN });

describe('a job', () => {
  it.each([
    ['beside others', (job: object) => ({ job, links: 'nonsense' })],
    ['by itself', (job: object) => job],
    ['as a text', (job: object) => JSON.stringify({ job })],
    ['a text within', (job: object) => ({ job: JSON.stringify(job) })],
    ['as the detail of an event', (job: object) => ({ version: '0', id: 'e1', 'detail-type': 'Jobs', source: 'mine', detail: { job } })],
  ])('%s becomes tasks', async (_, eventOf) => {
    expect(await call(eventOf(jobOf(7)))).toMatchObject({ state: 'created', total: 7, place: 7 });
    expect(await queued()).toBe(7);
  });

  it('its run is that of the event, of the event of EventBridge, or of the invocation', async () => {
    expect(await call({ job: jobOf(2), run: 'monday' })).toMatchObject({ run: 'monday' });
    expect(await call({ id: 'e1', detail: { job: jobOf(2) } })).toMatchObject({ run: 'e1' });
    expect(await call({ job: jobOf(2) })).toMatchObject({ run: 'request-1' });
    expect(await queued()).toBe(6);
    // Lambda repeats an event under the same id: nothing is made twice.
    expect(await call({ job: jobOf(2) })).toMatchObject({ run: 'request-1', state: 'created' });
    expect(await queued()).toBe(6);
  });

  it('a bad one is refused before anything is written', async () => {
    await expect(call({ job: { lambda_name: 'nobody', payload: {} } })).rejects.toThrow(/INVALID_JOB/);
    await expect(call({ job: jobOf(2), run: 17 })).rejects.toThrow(/run.*INVALID_JOB/);
    expect(await queued()).toBe(0);
  });

  it('for which there is no time is left to the next round, which goes on with it', async () => {
    slow(2 * SECOND);
    const first = await call({ job: jobOf(4_000), run: 'r' }, { continueBy: 'round' }, 15 * SECOND);
    expect(first).toMatchObject({ state: 'creating', kept: true, continuedBy: 'round' });
    expect(await queued()).toBeLessThan(4_000);
    const round = await call({}, {}, 10 * MINUTE);
    expect(round).toMatchObject({ continued: [{ run: 'r', state: 'created', place: 4_000 }] });
    const { due } = (await reeve.census(['mill']))[0]!;
    expect(due).toBe(4_000);
  });

  it('one that is too large to be kept is an error then, so that Lambda sends it again: it goes on from there', async () => {
    slow(2 * SECOND);
    const event = { job: jobOf(9_000), run: 'r' };
    const failed = await call(event, { continueBy: 'round' }, 15 * SECOND).catch((error: unknown) => error);
    expect(ReeveError.is(failed, 'JOB_UNFINISHED')).toBe(true);
    expect(String(failed)).toMatch(/is at \d+ of 9000, and the time is up; run it again with run "r"/);
    const before = await queued();
    expect(before).toBeGreaterThan(0);
    expect(await call(event, {}, 10 * MINUTE)).toMatchObject({ state: 'created', total: 9_000 });
    expect(await queued()).toBe(9_000);
  });
});

describe('with an endpoint of Lambda', () => {
  let endpoint: LambdaEndpoint;
  let client: Lambda;
  const answers: SchedulerAnswer[] = [];
  beforeEach(async () => {
    answers.length = 0;
    const handler = (event: unknown, { awsRequestId }: { readonly awsRequestId: string }): Promise<void> =>
      call(event, { client }, 25 * SECOND, awsRequestId).then((answer) => void answers.push(answer));
    endpoint = await startLambdaEndpoint({ functions: { scheduler: handler } });
    client = new Lambda({ endpoint: endpoint.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
    onTestFinished(async () => {
      client.destroy();
      await endpoint.close();
    });
  });
  const settled = async (): Promise<void> => {
    for (let runs = -1; runs < endpoint.runs.length; ) {
      runs = endpoint.runs.length;
      await endpoint.settled();
    }
  };

  it('a job for which there is no time goes on in another invocation, until all its tasks are made', async () => {
    slow(2 * SECOND);
    const first = await call({ job: jobOf(9_000), run: 'r' }, { client }, 15 * SECOND);
    expect(first).toMatchObject({ state: 'creating', continuedBy: 'invoke' });
    await settled();
    expect(answers.length).toBeGreaterThan(1);
    expect(answers).toContainEqual(expect.objectContaining({ run: 'r', state: 'created', total: 9_000 }));
    expect(endpoint.calls.every(({ invocationType }) => invocationType === 'Event')).toBe(true);
    expect(await queued()).toBe(9_000);
  });

  it('a chain of them ends before Lambda would break it, and the next round goes on', async () => {
    const late = await call({ job: jobOf(4_000), run: 'r', links: 11 }, { client }, 0);
    expect(late).toMatchObject({ state: 'creating', continuedBy: 'round' });
    expect(endpoint.calls).toEqual([]);
  });

  it('where it may not invoke itself, the next round goes on', async () => {
    endpoint.next(lambdaErrors.denied(ARN));
    const answer = await call({ job: jobOf(4_000), run: 'r' }, { client }, 0);
    expect(answer).toMatchObject({ state: 'creating', continuedBy: 'round' });
    expect(logger.of('job.not-invoked')[0]).toMatchObject({ level: 'warn', fields: { run: 'r' } });
  });
});

describe('a round', () => {
  const schedules = { pulse: { every: 20_000, enqueue: { labourer: 'mill', payload: { secret: 'the-payload' } } } } as const;
  const handler = (over: Partial<Parts> = {}): ReturnType<typeof scheduler> =>
    scheduler(partsOf({ schedules, ...over }), { clock, logger });

  it.each([
    ['of a rule', { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }],
    ['of EventBridge Scheduler', { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.scheduler', detail: '{}' }],
    ['without anything', {}],
  ])('%s fires what falls due within its time', async (_, event) => {
    const serve = handler();
    const since = clock.now();
    const first = (await passing(clock, serve(event, contextOf(clock)))) as { readonly fired: number };
    expect(clock.now() - since).toBeLessThanOrEqual(55 * SECOND);
    clock.set(since + MINUTE);
    const second = (await passing(clock, serve(event, contextOf(clock)))) as { readonly fired: number };
    // Each 20 s of two minutes but the last seconds.
    expect(first.fired + second.fired).toBeGreaterThanOrEqual(5);
    expect(await queued()).toBe(first.fired + second.fired);
    expect(logger.of('schedule.fired')[0]?.fields).toMatchObject({ schedule: 'pulse', labourer: 'mill' });
    expect(JSON.stringify(logger.lines)).not.toContain('the-payload');
  });

  it('two at once fire each instant once', async () => {
    const both = [handler(), handler()].map((serve) => serve({}, contextOf(clock)) as Promise<{ readonly fired: number }>);
    const answers = await passing(clock, Promise.all(both));
    expect(answers[0]!.fired + answers[1]!.fired).toBe(await queued());
  });

  it('whose jobs cannot be gone on with fires all the same, and says so', async () => {
    const serve = handler();
    const { look } = store;
    store.look = async (names) => {
      if (names.some((name) => name.startsWith('jobs:')))
        throw new ReeveError({ kind: 'unavailable', code: 'STORE_UNREACHABLE', message: 'down' });
      return look.call(store, names);
    };
    const since = clock.now();
    const first = await passing(clock, serve({}, contextOf(clock)));
    expect(first).toMatchObject({ fired: expect.any(Number), errors: [expect.stringContaining('down')] });
    // What fires is waited for, although the jobs failed at once.
    expect(clock.now() - since).toBeGreaterThan(30 * SECOND);
    expect(logger.of('round.failed')).toHaveLength(1);
  });

  it('of a store that is down is an error', async () => {
    const look = store.look.bind(store);
    store.look = () => Promise.reject(new ReeveError({ kind: 'unavailable', code: 'STORE_UNREACHABLE', message: 'down' }));
    await expect(passing(clock, handler()({}, contextOf(clock)))).rejects.toThrow(/STORE_UNREACHABLE/);
    store.look = look;
    await passing(clock, handler()({}, contextOf(clock)));
  });
});

it('what is none of these is named, without its content', async () => {
  await expect(call({ hello: 'the-payload' })).rejects.toThrow(/members hello.*UNKNOWN_EVENT/);
  await expect(call([{ job: jobOf(1) }])).rejects.toThrow(/UNKNOWN_EVENT/);
  expect(JSON.stringify(logger.lines)).not.toContain('the-payload');
});
