/** Dead tasks, told to a topic by the real SDK. */
import { SNS } from '@aws-sdk/client-sns';
import { createReeve, Events, Invoker, MemoryTaskStore, MINUTE, type Reeve, SECOND } from '@reeve/core';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Publisher } from '../../src/alarms/publisher.ts';
import { type DeadTasksOptions, deadTasksToSns, orchestrator, type SnsClient } from '../../src/index.ts';
import { clockPart, contextOf, pass, recordingLogger, storePart } from '../support/lambda.ts';
import { type Said, serve } from '../support/server.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:dead-tasks';

interface Published {
  readonly subject: string;
  readonly message: {
    readonly labourer: string;
    readonly count: number;
    readonly more?: number;
    readonly tasks: readonly { readonly id: string; readonly error: string }[];
  };
  readonly group: string | null;
}

/** A topic: what came to it, call by call. */
interface Topic {
  readonly url: string;
  readonly calls: readonly (readonly Published[])[];
  readonly next: (Said | readonly number[])[];
}

/** The query protocol of SNS. What is next is an answer, or the places of the messages that fail. */
const topic = async (): Promise<Topic> => {
  const calls: Published[][] = [];
  const next: (Said | readonly number[])[] = [];
  const { url } = await serve(({ body }) => {
    const form = new URLSearchParams(body);
    expect(form.get('Action')).toBe('PublishBatch');
    expect(form.get('TopicArn')).toMatch(/^arn:aws:sns:eu-west-1:123456789012:dead-tasks/);
    const scripted = next.shift();
    if (scripted && !Array.isArray(scripted)) return scripted as Said;
    const failing = (scripted ?? []) as readonly number[];
    const entries: Published[] = [];
    const [good, bad]: [string[], string[]] = [[], []];
    for (let n = 1; form.has(`PublishBatchRequestEntries.member.${n}.Id`); n += 1) {
      const of = (name: string): string => form.get(`PublishBatchRequestEntries.member.${n}.${name}`) ?? '';
      const id = of('Id');
      if (failing.includes(n - 1)) bad.push(`<member><Id>${id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`);
      else {
        good.push(`<member><Id>${id}</Id><MessageId>m-${id}</MessageId></member>`);
        entries.push({ subject: of('Subject'), message: JSON.parse(of('Message')), group: of('MessageGroupId') || null });
      }
    }
    calls.push(entries);
    const result = `<Successful>${good.join('')}</Successful><Failed>${bad.join('')}</Failed>`;
    return {
      headers: { 'content-type': 'text/xml' },
      body: `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>${result}</PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`,
    };
  });
  return { url, calls, next };
};
const THROTTLED: Said = {
  status: 400,
  headers: { 'content-type': 'text/xml' },
  body: '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>Throttled</Code><Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>',
};

let clock: ManualClock;
let store: MemoryTaskStore;
let logger: ReturnType<typeof recordingLogger>;
let sns: Topic;
let client: SNS;
beforeEach(async () => {
  clock = new ManualClock();
  store = new MemoryTaskStore({ clock });
  logger = recordingLogger();
  sns = await topic();
  client = new SNS({ endpoint: sns.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
});
const labourer = { target: 'x', maxSimultaneousInvocations: 1_000, maxAttempts: 1 };
const labourers = { mill: labourer, bakery: labourer };
const invoker = new ContainerModule(({ bind }) => {
  const failed = { kind: 'finished', report: { kind: 'failed', error: 'Broken: it' } } as const;
  bind(Invoker).toConstantValue(new ScriptedInvoker(failed));
});
const reeveWith = (over: Partial<DeadTasksOptions> = {}): Reeve => {
  const part = deadTasksToSns({ topicArn: TOPIC, client, logger, ...over });
  const reeve = createReeve({ labourers, use: [storePart(store), invoker, clockPart(clock), part] });
  onTestFinished(() => reeve.close());
  return reeve;
};
const die = async (reeve: Reeve, name: 'mill' | 'bakery', count: number): Promise<void> => {
  await reeve.enqueueMany(
    name,
    Array.from({ length: count }, () => ({ payload: { secret: 'the-payload' } })),
  );
  await reeve.tick();
};
/** Until so many calls have come: they go over a real connection, which no clock of ours moves. */
const arrived = (calls: number): Promise<void> =>
  vi.waitFor(() => expect(sns.calls.length).toBeGreaterThanOrEqual(calls), { timeout: 10_000, interval: 5 });

it('one message for each labourer, gathered over a second, without payloads', async () => {
  const reeve = reeveWith();
  await die(reeve, 'mill', 2);
  await die(reeve, 'bakery', 1);
  await clock.advance(SECOND - 1);
  expect(sns.calls).toEqual([]);
  await clock.advance(1);
  await arrived(1);
  expect(sns.calls[0]).toMatchObject([
    { subject: 'Reeve: 2 tasks of mill dead', message: { labourer: 'mill', count: 2, tasks: [{ error: 'Broken: it' }, {}] } },
    { subject: 'Reeve: 1 task of bakery dead', message: { labourer: 'bakery', count: 1 } },
  ]);
  expect(JSON.stringify([sns.calls, logger.lines])).not.toContain('the-payload');
});

it('at most once a second', async () => {
  const reeve = reeveWith();
  for (let n = 0; n < 5; n += 1) {
    await die(reeve, 'mill', 1);
    await pass(clock, 200, 200);
  }
  await arrived(1);
  await die(reeve, 'mill', 1);
  await pass(clock, 900, 100);
  expect(sns.calls).toHaveLength(1);
  await pass(clock, 200, 100);
  await arrived(2);
  expect(sns.calls.flat().map(({ message }) => message.count)).toEqual([5, 1]);
});

it('of very many it names some and counts the rest', async () => {
  const reeve = reeveWith();
  await die(reeve, 'mill', 700);
  await clock.advance(SECOND);
  await arrived(1);
  expect(sns.calls[0]?.[0]?.message).toMatchObject({ count: 700, more: 650 });
  expect(sns.calls[0]?.[0]?.message.tasks).toHaveLength(50);
});

it('payloads are told where they are asked for, cut short', async () => {
  const reeve = reeveWith({ payloads: true });
  await reeve.enqueue('mill', { long: 'x'.repeat(2_000) });
  await die(reeve, 'mill', 60);
  await clock.advance(SECOND);
  await arrived(1);
  const tasks = sns.calls[0]?.[0]?.message.tasks as readonly { readonly payload?: string }[];
  expect(tasks).toHaveLength(50);
  expect(tasks[0]?.payload).toMatch(/^\{"long":"x{490,}…$/);
  expect(tasks[49]?.payload).toBe('{"secret":"the-payload"}');
});

it('a FIFO topic is given groups', async () => {
  const reeve = reeveWith({ topicArn: `${TOPIC}.fifo` });
  await die(reeve, 'mill', 1);
  await clock.advance(SECOND);
  await arrived(1);
  expect(sns.calls[0]?.[0]?.group).toMatch(/^[0-9a-f]{64}$/);
});

it('what is throttled, or fails by itself, is tried again, and logged; it is never thrown', async () => {
  sns.next.push(THROTTLED, [1]);
  const reeve = reeveWith();
  await die(reeve, 'mill', 1);
  await die(reeve, 'bakery', 1);
  await clock.advance(SECOND);
  await vi.waitFor(() => expect(logger.of('alarm.failed')).toHaveLength(2), { timeout: 10_000, interval: 5 });
  await pass(clock, 2 * SECOND);
  await arrived(1);
  await vi.waitFor(() => expect(logger.of('alarm.failed')).toHaveLength(3), { timeout: 10_000, interval: 5 });
  await pass(clock, 2 * SECOND);
  await arrived(2);
  expect(sns.calls.flat().map(({ message }) => message.labourer)).toEqual(['mill', 'bakery']);
  expect(logger.of('alarm.lost')).toEqual([]);
});

it('what cannot be told after some tries is given up, and said so', async () => {
  const reeve = reeveWith({ client: { publishBatch: () => Promise.reject(new Error('no topic')) } });
  await die(reeve, 'mill', 3);
  await pass(clock, 20 * SECOND);
  expect(logger.of('alarm.lost')).toMatchObject([{ level: 'error', fields: { subject: 'Reeve: 3 tasks of mill dead', tries: 5 } }]);
  const before = logger.lines.length;
  await pass(clock, MINUTE, SECOND);
  expect(logger.lines).toHaveLength(before);
});

it('a topic that does not answer holds up no verdict, and nobody who stops for longer than they allow', async () => {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const silent: SnsClient = { publishBatch: () => released.then(() => ({})) };
  const events = new Events();
  const publisher = new Publisher({ topicArn: TOPIC, client: silent, logger, clock, events });
  const reeve = reeveWith({ client: silent });
  await die(reeve, 'mill', 1);
  await clock.advance(SECOND);
  await die(reeve, 'mill', 5);
  const [census] = await reeve.census(['mill']);
  expect(census).toMatchObject({ running: 0, due: 0 });

  events.emit('task.dead', { labourer: 'mill', id: 'a', error: 'no' });
  const patience = new AbortController();
  const flushed = publisher.flush(patience.signal);
  patience.abort();
  await flushed;
  release();
  await publisher.close();
});

it('a handler sends what it has before its container is frozen', async () => {
  const part = deadTasksToSns({ topicArn: TOPIC, client, logger });
  const reeve = createReeve({ labourers, use: [storePart(store), invoker, clockPart(clock)] });
  await reeve.enqueueMany('mill', [{ payload: 1 }, { payload: 2 }]);
  const handler = orchestrator({ labourers, store: storePart(store), invoker, use: [clockPart(clock), part] }, { clock, logger });
  expect(await handler({}, contextOf(clock, SECOND))).toMatchObject({ claimed: 2 });
  expect(sns.calls).toHaveLength(1);
  // Nothing is left that a thawed timer would send once more.
  await pass(clock, 5 * SECOND);
  await handler({}, contextOf(clock, SECOND));
  expect(sns.calls).toHaveLength(1);
});

it('closing sends the rest', async () => {
  const reeve = reeveWith();
  await die(reeve, 'mill', 1);
  await reeve.close();
  expect(sns.calls).toHaveLength(1);
});

it('by the SDK that is found at run time, in the region of the topic', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
  onTestFinished(() => void vi.unstubAllEnvs());
  const part = deadTasksToSns({ topicArn: TOPIC, logger });
  const reeve = createReeve({ labourers, use: [storePart(store), invoker, clockPart(clock), part] });
  await die(reeve, 'mill', 1);
  await reeve.close();
  expect(sns.calls).toHaveLength(1);
});

it.each([
  [{ topicArn: 'dead-tasks' }, /topicArn: is "dead-tasks"; give the ARN of a topic/],
  [{ topicArn: TOPIC, client: {} }, /client: has no publishBatch/],
  [{ topicArn: TOPIC, topic: 1 }, /topic: is not an option/],
  [{ topicArn: TOPIC, payloads: 1 }, /payloads: is a number; give true or false/],
])('options that will not do are refused: %#', (options, says) => {
  expect(() => deadTasksToSns(options as never)).toThrow(says);
  expect(() => deadTasksToSns(options as never)).toThrow(/INVALID_DEAD_TASKS/);
});
