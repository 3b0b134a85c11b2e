/** The Assistant's handler over DynamoDB, on sosw's tables, as Lambda would call it. */
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createTables, DynamoDbTaskStore, defaultTables, dynamodbStore, type GreenfieldTables } from '@reeve/adapter-dynamodb';
import { createReeve, Invoker, type Lease, MINUTE, type Reeve, ReeveError, SECOND } from '@reeve/core';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AssistantAnswer, type AssistantOptions, assistant, type Parts } from '../../src/index.ts';
import { testDynamoDb } from '../support/dynamodb.ts';
import { clockPart, contextOf, recordingLogger, storePart } from '../support/lambda.ts';

const db = testDynamoDb();
const labourers = {
  mill: { target: 'mill', maxSimultaneousInvocations: 10, maxAttempts: 3 },
  bakery: { target: 'bakery', maxSimultaneousInvocations: 10 },
};

let clock: ManualClock;
let tables: GreenfieldTables;
let invoker: ScriptedInvoker;
let reeve: Reeve;
let logger: ReturnType<typeof recordingLogger>;
const parts = (): Parts => ({
  labourers,
  store: dynamodbStore({ client: db.client, tables, atStart: 'trust' }),
  invoker: new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue(invoker)),
  use: [clockPart(clock)],
});
beforeEach(async () => {
  clock = new ManualClock();
  tables = defaultTables(db.prefix());
  await createTables(db.client, tables);
  invoker = new ScriptedInvoker();
  logger = recordingLogger();
  const { store, invoker: hands, use = [] } = parts();
  reeve = createReeve({ labourers, use: [store!, hands!, ...use] });
  onTestFinished(() => reeve.close());
});

const call = (event: unknown, options: AssistantOptions = {}): Promise<AssistantAnswer> =>
  assistant(parts(), { clock, logger, ...options })(event, contextOf(clock));

/** Starts a task, and answers what its worker was sent. */
const started = async (id: string, labourer: 'mill' | 'bakery' = 'mill'): Promise<Lease> => {
  await reeve.enqueue(labourer, { secret: 'the-payload' }, { id });
  await reeve.tick();
  const lease = invoker.calls.at(-1)?.lease;
  if (lease?.id !== id) throw new Error('it was not started');
  return lease;
};
const attemptOf = ({ labourer, id, token }: Lease): object => ({ labourer, id, token });
const row = async (id: string, table: 'tasks' | 'closed' = 'tasks'): Promise<Record<string, unknown> | undefined> =>
  (await db.client.send(new GetItemCommand({ TableName: tables[table], Key: { task_id: { S: id } }, ConsistentRead: true }))).Item;
const found = (id: string, labourer: 'mill' | 'bakery' = 'mill'): ReturnType<Reeve['find']> => reeve.find({ labourer, id });

describe("Reeve's messages", () => {
  it('one is answered as the Assistant answers it', async () => {
    const lease = await started('a');
    expect(await call({ reeve: 'heartbeat', attempt: attemptOf(lease) })).toMatchObject({ alive: true });
    expect(await call({ reeve: 'done', attempt: attemptOf(lease), result: { rows: 7 } })).toEqual({ outcome: 'applied' });
    expect(await found('a')).toMatchObject({ state: 'completed', result: '{"rows":7}' });
    expect(await call({ reeve: 'done', attempt: attemptOf(lease) })).toEqual({ outcome: 'repeated' });
  });

  it('a text keeps its digits', async () => {
    const lease = await started('a');
    await call(`{"reeve": "done", "attempt": ${JSON.stringify(attemptOf(lease))}, "result": [1.0, 12345678901234567890]}`);
    expect(await found('a')).toMatchObject({ result: '[1.0,12345678901234567890]' });
  });

  it('of several each is answered by itself, and a bad one stops no other', async () => {
    const [a, b] = [await started('a'), await started('b', 'bakery')];
    const answers = await call([
      { reeve: 'done', attempt: attemptOf(a) },
      { reeve: 'done' },
      { reeve: 'nonsense', attempt: attemptOf(a), secret: 'the-payload' },
      { reeve: 'failed', attempt: attemptOf(b), error: 'Broken: it' },
      { reeve: 'done', attempt: { ...attemptOf(a), token: 'forged' } },
      { hello: 'the-payload' },
    ]);
    expect(answers).toMatchObject([
      { outcome: 'applied' },
      { code: 'INVALID_ATTEMPT' },
      { code: 'INVALID_MESSAGE' },
      { outcome: 'applied' },
      { outcome: 'stale' },
      { code: 'UNKNOWN_EVENT' },
    ]);
    expect(await found('b', 'bakery')).toMatchObject({ state: 'queued', lastError: 'Broken: it' });
    expect(JSON.stringify([answers, logger.lines])).not.toContain('the-payload');
  });

  it('one that is forged, of an unknown task or too large changes nothing, and is logged without its content', async () => {
    const lease = await started('a');
    const before = await row('a');
    expect(await call({ reeve: 'done', attempt: { ...attemptOf(lease), token: 'forged' }, result: 'the-payload' })).toEqual({
      outcome: 'stale',
    });
    expect(await call({ reeve: 'done', attempt: { ...attemptOf(lease), id: 'ghost' } })).toEqual({ outcome: 'stale' });
    await expect(call({ reeve: 'done', attempt: attemptOf(lease), result: 'the-payload'.repeat(30_000) })).rejects.toThrow(
      /PAYLOAD_TOO_LARGE/,
    );
    await expect(call({ reeve: 'done', attempt: { ...attemptOf(lease), labourer: 'nobody' } })).rejects.toThrow(/UNKNOWN_LABOURER/);
    expect(await row('a')).toEqual(before);
    expect(await row('ghost')).toBeUndefined();
    expect(logger.of('verdict.refused')).toHaveLength(2);
    expect(JSON.stringify(logger.lines)).not.toContain('the-payload');
  });
});

describe("reports of sosw's workers", () => {
  it('a completed task has its closed row, with result and statistics as attributes', async () => {
    await started('a');
    const mark = {
      action: 'mark_task_as_completed',
      task_id: 'a',
      stats: { rows: 7, 'time-spent': 0.5 },
      result: '{"made": 3, "s": "\\u017e", "n": 1.0}',
    };
    expect(await call(mark)).toEqual({ outcome: 'applied' });
    expect(await row('a', 'closed')).toMatchObject({
      labourer_id_task_status: { S: 'mill_1' },
      completed_at: { N: expect.any(String) },
      stat_rows: { N: '7' },
      'stat_time-spent': { N: '0.5' },
      result_made: { N: '3' },
      result_s: { S: 'ž' },
    });
    expect(await found('a')).toMatchObject({ state: 'completed', result: '{"made": 3, "s": "\\u017e", "n": 1.0}' });
    expect(await call(mark)).toEqual({ outcome: 'repeated' });
  });

  it('a failed one is queued again by the policy of its labourer, and not after its lease', async () => {
    await started('a');
    expect(await call({ action: 'mark_task_as_failed', task_id: 'a', stats: {}, result: null })).toEqual({ outcome: 'applied' });
    expect(await found('a')).toMatchObject({ state: 'queued', attempts: 1, lastError: expect.stringContaining('MarkedAsFailed') });
    expect(await call({ action: 'mark_task_as_failed', task_id: 'a' })).toEqual({ outcome: 'stale' });
  });

  it('no row comes of a task that is unknown, queued or archived', async () => {
    await reeve.enqueue('mill', 1, { id: 'queued' });
    const before = await row('queued');
    for (const action of ['mark_task_as_completed', 'mark_task_as_failed']) {
      expect(await call({ action, task_id: 'ghost', stats: { rows: 1 } })).toEqual({ outcome: 'stale' });
      expect(await call({ action, task_id: 'queued' })).toEqual({ outcome: 'stale' });
      expect(await call({ action, task_id: 'reeve:places:mill:0' })).toEqual({ outcome: 'stale' });
    }
    expect(await row('ghost')).toBeUndefined();
    expect(await row('queued')).toEqual(before);
    expect(logger.of('mark.refused')[0]?.fields).toMatchObject({ id: 'ghost', why: 'unknown' });
  });

  it('a late one of an attempt before counts for none, if it says which it was', async () => {
    const first = await started('a');
    await reeve.assistant.failed(first, { error: 'no', retryAfter: 0 });
    clock.set(clock.now() + SECOND);
    await reeve.tick();
    expect(await call({ action: 'mark_task_as_completed', task_id: 'a', attempts: 0 })).toEqual({ outcome: 'stale' });
    expect(await call({ action: 'mark_task_as_completed', task_id: 'a', labourer_id: 'bakery' })).toEqual({ outcome: 'stale' });
    expect(await call({ action: 'mark_task_as_completed', task_id: 'a', attempts: 1, labourer_id: 'mill' })).toEqual({
      outcome: 'applied',
    });
  });

  it('a task that a sosw has invoked, whose workers report here, is completed as ours are', async () => {
    await reeve.enqueue('mill', { n: 1 }, { id: 'a' });
    await db.client.send(
      new UpdateItemCommand({
        TableName: tables.tasks,
        Key: { task_id: { S: 'a' } },
        UpdateExpression: 'SET greenfield = :g, attempts = :one',
        ExpressionAttributeValues: { ':g': { N: String(clock.now() / 1_000 + tables.invocationDelta) }, ':one': { N: '1' } },
      }),
    );
    expect(await call({ action: 'mark_task_as_completed', task_id: 'a', result: { rows: 7 } })).toEqual({ outcome: 'applied' });
    expect(await row('a', 'closed')).toMatchObject({ labourer_id_task_status: { S: 'mill_1' }, result_rows: { N: '7' } });
  });

  it('says what is wrong with one, without its content', async () => {
    await started('a');
    await expect(call({ action: 'mark_task_as_done', task_id: 'a' })).rejects.toThrow(/^action: is none that is known.*INVALID_MESSAGE/);
    await expect(call({ action: 'mark_task_as_completed' })).rejects.toThrow(/^task_id: is missing/);
    await expect(call({ action: 'mark_task_as_completed', task_id: 'a', result: '{"x": the-payload' })).rejects.toThrow(/PAYLOAD_NOT_JSON/);
    expect(JSON.stringify(logger.lines)).not.toContain('the-payload');
    expect(await found('a')).toMatchObject({ state: 'running' });
  });
});

describe('records of destinations', () => {
  const record = (lease: Lease, condition: string, response?: unknown, functionError?: string): object => ({
    version: '1.0',
    timestamp: '2026-01-05T12:00:00.000Z',
    requestContext: { requestId: 'r', functionArn: 'arn', condition, approximateInvokeCount: 1 },
    requestPayload: { key: 'cat.jpg', _reeve: attemptOf(lease) },
    ...(functionError && { responseContext: { statusCode: 200, functionError } }),
    ...(response !== undefined && { responsePayload: response }),
  });

  it('by Lambda itself, by SNS and by SQS', async () => {
    const [a, b, c] = [await started('a'), await started('b'), await started('c')];
    expect(await call(record(a, 'Success', { rows: 7 }))).toEqual([{ outcome: 'applied' }]);
    const failed = record(b, 'RetriesExhausted', { errorType: 'Broken', errorMessage: 'it' }, 'Unhandled');
    expect(await call({ Records: [{ Sns: { Message: JSON.stringify(failed) } }] })).toEqual([[{ outcome: 'applied' }]]);
    const queued = [
      { messageId: 'm1', body: JSON.stringify(record(c, 'Success')) },
      { messageId: 'm2', body: '{"nonsense": 1}' },
    ];
    expect(await call({ Records: queued })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect(await found('a')).toMatchObject({ state: 'completed', result: '{"rows":7}' });
    expect(await found('b')).toMatchObject({ state: 'queued', lastError: 'Broken: it' });
    expect(await found('c')).toMatchObject({ state: 'completed' });
  });

  it('a message of a worker in a queue keeps its digits', async () => {
    const lease = await started('a');
    const body = `{"reeve": "done", "attempt": ${JSON.stringify(attemptOf(lease))}, "result": 1.50}`;
    expect(await call({ Records: [{ messageId: 'm1', body }] })).toEqual({ batchItemFailures: [] });
    expect(await found('a')).toMatchObject({ result: '1.50' });
  });

  it('by a topic in a queue, and by EventBridge, records as well as messages', async () => {
    const [a, b, c] = [await started('a'), await started('b'), await started('c')];
    const done = (lease: Lease): string => JSON.stringify({ reeve: 'done', attempt: attemptOf(lease) });
    const published = JSON.stringify({ Type: 'Notification', MessageId: 'x', Message: done(a) });
    const bus = { version: '0', id: 'x', 'detail-type': 'Report', source: 'mine', detail: JSON.parse(done(b)) as object };
    const records = [published, JSON.stringify(bus)].map((body, n) => ({ messageId: `m${n}`, body }));
    expect(await call({ Records: records })).toEqual({ batchItemFailures: [] });
    expect(
      await call({ version: '0', 'detail-type': 'Lambda Function Invocation Result - Success', detail: record(c, 'Success') }),
    ).toEqual([{ outcome: 'applied' }]);
    for (const id of ['a', 'b', 'c']) expect(await found(id)).toMatchObject({ state: 'completed' });
  });

  it("of somebody else's function is passed over", async () => {
    const other = { requestContext: { condition: 'Success' }, requestPayload: { hello: 1 }, responsePayload: 2 };
    expect(await call(other)).toEqual([]);
  });
});

describe('when the store cannot be reached', () => {
  it('the whole is an error, and sent again it does the rest', async () => {
    const [a, b] = [await started('a'), await started('b')];
    const events = [a, b].map((lease) => ({ reeve: 'done', attempt: attemptOf(lease) }));
    let isDown = true;
    const store = new DynamoDbTaskStore({ client: db.client, tables, clock, atStart: 'trust' });
    const settle = store.settle.bind(store);
    store.settle = async (verdicts) => {
      if (isDown && verdicts.some(({ id }) => id === 'b'))
        throw new ReeveError({ kind: 'unavailable', code: 'STORE_UNREACHABLE', message: 'no answer' });
      return settle(verdicts);
    };
    const handler = assistant({ ...parts(), store: storePart(store) }, { clock, logger });
    const down = (event: unknown): Promise<AssistantAnswer> => handler(event, contextOf(clock));
    await expect(down(events)).rejects.toThrow(/STORE_UNREACHABLE/);
    isDown = false;
    expect(await down(events)).toMatchObject([{ outcome: expect.stringMatching(/applied|repeated/) }, { outcome: 'applied' }]);
  });
});

describe('HTTP', () => {
  const request = { requestContext: { http: { method: 'POST' }, domainName: 'x.lambda-url' }, rawPath: '/reports', rawQueryString: 'a=b' };

  it('goes to the handler of reports, to the byte', async () => {
    const seen: unknown[] = [];
    const http: AssistantOptions['http'] = () => async (sent) => {
      seen.push(sent.method, new URL(sent.url).pathname, sent.headers.get('webhook-id'), await sent.text());
      return Response.json({ outcome: 'applied' }, { status: 200, headers: { 'x-kept': '1' } });
    };
    const body = Buffer.from('{"ž": 1.0}');
    const event = { ...request, headers: { 'Webhook-Id': 'm1' }, body: body.toString('base64'), isBase64Encoded: true };
    expect(await call(event, { http })).toMatchObject({ statusCode: 200, body: '{"outcome":"applied"}', headers: { 'x-kept': '1' } });
    expect(seen).toEqual(['POST', '/reports', 'm1', '{"ž": 1.0}']);
    const old = { httpMethod: 'POST', path: '/r', multiValueHeaders: { 'webhook-id': ['m2'] }, body: 'x', requestContext: {} };
    expect(await call(old, { http })).toMatchObject({ statusCode: 200 });
    expect(seen.slice(4)).toEqual(['POST', '/r', 'm2', 'x']);
  });

  it('without one it is refused', async () => {
    await expect(call({ ...request, body: 'the-payload' })).rejects.toThrow(/it is an HTTP request.*UNKNOWN_EVENT/);
  });
});

it.each([
  [{ hello: 'the-payload', b: 1 }, /an object with the members hello, b/],
  ['the-payload', /a text of 11 characters/],
  [17, /a number/],
  [null, /null/],
  [{}, /an object without members/],
  [[[[[[{ reeve: 'done' }]]]]], /INVALID_ATTEMPT|UNKNOWN_EVENT/],
])('what is none of these is named, without its content: %#', async (event, says) => {
  const answer = await call(event).catch((error: unknown) => String(error));
  expect(typeof answer === 'string' ? answer : JSON.stringify(answer)).toMatch(says);
  expect(JSON.stringify([answer, logger.lines])).not.toContain('the-payload');
});

it('a lease that is over does not make a report late: the token decides until it is reaped', async () => {
  const lease = await started('a');
  clock.set(clock.now() + 60 * MINUTE);
  expect(await call({ reeve: 'done', attempt: attemptOf(lease) })).toEqual({ outcome: 'applied' });
});
