import { createReeve, Invoker, MemoryTaskStore, MINUTE, type Reeve, ReeveError, SECOND } from '@reeve/core';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { beforeEach, expect, it } from 'vitest';
import { type Handler, type Parts, type ScavengerAnswer, scavenger } from '../../src/index.ts';
import { clockPart, contextOf, recordingLogger, storePart } from '../support/lambda.ts';

const labourers = {
  mill: { target: 'mill', maxSimultaneousInvocations: 10_000, maxAttempts: 2, lease: { duration: MINUTE, cooldown: 0 } },
};

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
const partsOf = (): Parts => ({
  labourers,
  store: storePart(store),
  invoker: new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue(new ScriptedInvoker())),
  use: [clockPart(clock)],
});
const handler = (): Handler<ScavengerAnswer> => scavenger(partsOf(), { clock, logger });

/** Starts so many, on which nobody reports. */
const lost = async (count: number): Promise<void> => {
  await reeve.enqueueMany(
    'mill',
    Array.from({ length: count }, () => ({ payload: { secret: 'the-payload' } })),
  );
  while ((await reeve.tick()).labourers.some(({ claimed }) => claimed > 0));
  clock.set(clock.now() + MINUTE);
};

it('sweeps until there is no more, however many sweeps that takes', async () => {
  await lost(4_500);
  const answer = await handler()({}, contextOf(clock));
  expect(answer).toMatchObject({ expired: 4_500, retried: 4_500, dead: 0, more: false, errors: [] });
  expect(answer.sweeps).toBeGreaterThan(1);
  expect(logger.of('scavenger.answered')).toMatchObject([{ level: 'info', fields: { requestId: 'request-1' } }]);
  expect(JSON.stringify(logger.lines)).not.toContain('the-payload');
});

it('with nothing to do it sweeps once, and says nothing', async () => {
  expect(await handler()({}, contextOf(clock))).toMatchObject({ sweeps: 1, expired: 0, more: false });
  expect(logger.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});

it('stops in time, and the next goes on', async () => {
  await lost(4_500);
  const expired = store.expired.bind(store);
  store.expired = (names, limit) => {
    clock.set(clock.now() + SECOND / 2);
    return expired(names, limit);
  };
  const serve = handler();
  const since = clock.now();
  const first = await serve({}, contextOf(clock, 20 * SECOND));
  expect(clock.now() - since).toBeLessThanOrEqual(20 * SECOND);
  expect(first).toMatchObject({ more: true });
  expect(first.expired).toBeLessThan(4_500);
  const second = await serve({}, contextOf(clock, 10 * MINUTE));
  expect(first.expired + second.expired).toBe(4_500);
});

it('what fails stops nothing else, and is in the answer and the log', async () => {
  await lost(2_500);
  store.maintain = () => Promise.reject(new Error('of its own'));
  const answer = await handler()({}, contextOf(clock));
  expect(answer).toMatchObject({ expired: 2_500, errors: expect.arrayContaining(['of its own']) });
  expect(logger.of('sweep.failed')[0]).toMatchObject({ level: 'error' });
});

it('throws only if nothing could be done', async () => {
  await lost(1);
  const { expired, maintain } = store;
  store.expired = () => Promise.reject(new Error('down'));
  store.maintain = () => Promise.reject(new Error('down'));
  const failed = await handler()({}, contextOf(clock)).catch((error: unknown) => error);
  expect(ReeveError.is(failed, 'NOTHING_SWEPT')).toBe(true);
  Object.assign(store, { expired, maintain });
  expect(await handler()({}, contextOf(clock))).toMatchObject({ expired: 1 });
});

it('tells how many died in its metrics', async () => {
  await lost(3);
  await reeve.sweep();
  clock.set(clock.now() + MINUTE);
  await reeve.tick();
  clock.set(clock.now() + MINUTE);
  const lines: string[] = [];
  await scavenger(partsOf(), { clock, logger, metrics: { namespace: 'Mine', write: (line) => void lines.push(line) } })(
    {},
    contextOf(clock),
  );
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ Handler: 'scavenger', Expired: 3, Dead: 3, Retried: 0 }]);
});
