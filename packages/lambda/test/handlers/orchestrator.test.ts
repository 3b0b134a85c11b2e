import { createReeve, Invoker, Lifecycle, MemoryTaskStore, MINUTE, memoryStore, ReeveError, SECOND } from '@reeve/core';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { beforeEach, expect, it } from 'vitest';
import { orchestrator, type Parts } from '../../src/index.ts';
import { clockPart, contextOf, pass, passing, recordingLogger, storePart } from '../support/lambda.ts';

const labourers = { mill: { target: 'mill', maxSimultaneousInvocations: 10 }, bakery: { target: 'bakery', maxSimultaneousInvocations: 2 } };

let clock: ManualClock;
let store: MemoryTaskStore;
let invoker: ScriptedInvoker;
beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryTaskStore({ clock });
  invoker = new ScriptedInvoker();
});

const partsOf = (over: Partial<Parts> = {}): Parts => ({
  labourers,
  store: storePart(store),
  invoker: new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue(invoker)),
  use: [clockPart(clock)],
  ...over,
});
const enqueue = async (labourer: 'mill' | 'bakery', count: number): Promise<void> => {
  const { store: own, invoker: hands, use = [] } = partsOf();
  const reeve = createReeve({ labourers, use: [own!, hands!, ...use] });
  await reeve.enqueueMany(
    labourer,
    Array.from({ length: count }, (_, n) => ({ payload: n })),
  );
};

it('serves for as long as the invocation has time, and not longer than runFor', async () => {
  const handler = orchestrator(partsOf(), { clock, logger: recordingLogger() });
  const since = clock.now();
  const answer = await passing(clock, handler({}, contextOf(clock, 15 * MINUTE)));
  expect(answer).toMatchObject({ claimed: 0, errors: {} });
  expect(clock.now() - since).toBeGreaterThan(45 * SECOND);
  expect(answer.endedAt - answer.startedAt).toBeLessThanOrEqual(55 * SECOND);
  // 0, 2, 6, and then each 5 s
  expect(answer.ticks).toBeGreaterThanOrEqual(12);
  expect(answer.ticks).toBeLessThanOrEqual(14);
});

it('stops with a margin before the end of the invocation', async () => {
  const handler = orchestrator(partsOf(), { clock, logger: recordingLogger() });
  const since = clock.now();
  await passing(clock, handler({}, contextOf(clock, 20 * SECOND)));
  expect(clock.now() - since).toBeLessThanOrEqual(15 * SECOND);
  expect(clock.now() - since).toBeGreaterThanOrEqual(10 * SECOND);
});

it('with no time left it still does one round', async () => {
  await enqueue('mill', 3);
  const handler = orchestrator(partsOf(), { clock, logger: recordingLogger() });
  expect(await handler({}, contextOf(clock, SECOND))).toMatchObject({ ticks: 1, claimed: 3, accepted: 3 });
});

it('a round that took long leaves room for another like it', async () => {
  invoker = new ScriptedInvoker(async () => {
    await clock.sleep(20 * SECOND);
    return { kind: 'accepted' };
  });
  await enqueue('mill', 1);
  const handler = orchestrator(partsOf(), { clock, logger: recordingLogger() });
  const since = clock.now();
  const answer = await passing(clock, handler({}, contextOf(clock, 40 * SECOND)));
  expect(answer.ticks).toBe(1);
  expect(clock.now() - since).toBeLessThan(25 * SECOND);
});

it('work that comes while it runs is started within seconds', async () => {
  const handler = orchestrator(partsOf(), { clock, logger: recordingLogger() });
  const answer = handler({}, contextOf(clock));
  await pass(clock, 20 * SECOND);
  await enqueue('bakery', 1);
  await pass(clock, 5 * SECOND);
  expect(invoker.calls).toHaveLength(1);
  await passing(clock, answer);
});

it('one composition for all invocations of a container', async () => {
  let made = 0;
  const handler = orchestrator(
    () => {
      made += 1;
      return partsOf();
    },
    { clock, logger: recordingLogger() },
  );
  await enqueue('mill', 1);
  await handler({}, contextOf(clock, SECOND));
  // Frozen for an hour: no timer of it has gone on meanwhile.
  clock.set(clock.now() + 60 * MINUTE);
  await enqueue('mill', 2);
  expect(await handler({}, contextOf(clock, SECOND))).toMatchObject({ claimed: 2 });
  expect(made).toBe(1);
});

it('a composition that cannot be made fails its invocation with the reason, and the next tries anew', async () => {
  let isWhole = false;
  const logger = recordingLogger();
  const handler = orchestrator(
    async () => partsOf(isWhole ? {} : { labourers: { mill: { target: 'mill', maxSimultaneousInvocations: -1 } } }),
    { clock, logger },
  );
  await expect(handler({}, contextOf(clock))).rejects.toThrow(/labourers\.mill\.maxSimultaneousInvocations: is -1/);
  expect(logger.of('orchestrator.failed')[0]?.fields).toMatchObject({
    code: 'INVALID_LABOURERS',
    requestId: 'request-1',
    handler: 'orchestrator',
  });
  isWhole = true;
  expect(await handler({}, contextOf(clock, SECOND))).toMatchObject({ ticks: 1 });
});

it('a part that cannot be opened is closed again, and opened anew by the next invocation', async () => {
  const opened: string[] = [];
  const flaky = new ContainerModule(({ bind }) => {
    bind(Lifecycle).toConstantValue({
      start: async () => {
        opened.push('start');
        if (opened.length === 1) throw new Error('no table yet');
      },
      close: async () => void opened.push('close'),
    });
  });
  // It was made, if never opened: what it holds is given back as well.
  const after = new ContainerModule(({ bind }) => {
    bind(Lifecycle).toConstantValue({ close: async () => void opened.push('close of the other') });
  });
  const handler = orchestrator(partsOf({ use: [clockPart(clock), flaky, after] }), { clock, logger: recordingLogger() });
  await expect(handler({}, contextOf(clock))).rejects.toThrow('no table yet');
  expect(opened).toContain('close of the other');
  expect(await handler({}, contextOf(clock, SECOND))).toMatchObject({ ticks: 1 });
  expect(opened.filter((each) => each === 'start')).toHaveLength(2);
  expect(opened).toContain('close');
});

it('the error of one labourer is in the answer and stops no other', async () => {
  await enqueue('mill', 2);
  await enqueue('bakery', 1);
  const claim = store.claim.bind(store);
  store.claim = (request) => (request.labourer === 'mill' ? Promise.reject(new Error('of this one')) : claim(request));
  const logger = recordingLogger();
  const answer = await orchestrator(partsOf(), { clock, logger })({}, contextOf(clock, SECOND));
  expect(answer).toMatchObject({ claimed: 1, errors: { mill: 'of this one' } });
  expect(logger.of('labourer.failed')[0]).toMatchObject({ level: 'error', fields: { labourer: 'mill', requestId: 'request-1' } });
});

it('throws only when everything failed, and goes on until then', async () => {
  const isDown = { now: true };
  const claim = store.claim.bind(store);
  store.labourersWithDue = () => Promise.reject(new Error('down'));
  store.claim = (request) => (isDown.now ? Promise.reject(new Error('down')) : claim(request));
  const handler = orchestrator(partsOf(), { clock, logger: recordingLogger() });
  const failed = await passing(
    clock,
    handler({}, contextOf(clock)).catch((error: unknown) => error),
  );
  expect(ReeveError.is(failed, 'NOTHING_SERVED')).toBe(true);
  expect(String(failed)).toMatch(/any of these \d+ rounds.*down/);
  await enqueue('mill', 1);
  const answer = handler({}, contextOf(clock));
  await pass(clock, 10 * SECOND);
  isDown.now = false;
  expect(await passing(clock, answer)).toMatchObject({ claimed: 1 });
});

it('logs neither payloads nor results', async () => {
  const logger = recordingLogger();
  invoker = new ScriptedInvoker([
    { kind: 'finished', report: { kind: 'done', result: '"the-result"' as never } },
    { kind: 'refused', reason: 'throttled' },
  ]);
  const reeve = createReeve({ labourers, use: [partsOf().store!, partsOf().invoker!, clockPart(clock)] });
  await reeve.enqueueMany('mill', [{ payload: { secret: 'the-payload' } }, { payload: { secret: 'the-payload' } }]);
  await orchestrator(partsOf(), { clock, logger })({}, contextOf(clock, SECOND));
  expect(logger.of('task.started')[0]?.fields).toMatchObject({ labourer: 'mill', attempt: 1, requestId: 'request-1' });
  expect(JSON.stringify(logger.lines)).not.toMatch(/the-payload|the-result/);
});

it('tells its metrics in one line', async () => {
  await enqueue('mill', 4);
  await enqueue('bakery', 5);
  clock.set(clock.now() + 3 * SECOND);
  const lines: string[] = [];
  const metrics = { write: (line: string) => void lines.push(line), perLabourer: true, census: true };
  await orchestrator(partsOf({ lambda: { metrics } }), { clock, logger: recordingLogger() })({}, contextOf(clock, SECOND));
  const [all, ...each] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(all).toMatchObject({ Handler: 'orchestrator', Started: 6, Dead: 0, Waited: 3_000, Ticks: 1, Queued: 3, Running: 6 });
  expect(all?.['_aws']).toMatchObject({ CloudWatchMetrics: [{ Namespace: 'Reeve', Dimensions: [['Handler']] }] });
  expect(each).toMatchObject([
    { Labourer: 'mill', Started: 4 },
    { Labourer: 'bakery', Started: 2 },
  ]);
});

it('memoryStore in place of a store of its own', async () => {
  const answer = await orchestrator(partsOf({ store: memoryStore() }), { clock, logger: recordingLogger() })({}, contextOf(clock, SECOND));
  expect(answer.ticks).toBe(1);
});
