/** Configuration that changes while a container lives. */
import { Invoker, MemoryTaskStore, MINUTE, SECOND } from '@reeve/core';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { beforeEach, expect, it } from 'vitest';
import { type ConfigSource, type ConfigValue, configured, type Handler, type OrchestratorAnswer, orchestrator } from '../../src/index.ts';
import { clockPart, contextOf, recordingLogger, storePart } from '../support/lambda.ts';

const labourersOf = (cap: unknown): ConfigValue => ({ mill: { target: 'mill', maxSimultaneousInvocations: cap as number } });

let clock: ManualClock;
let logger: ReturnType<typeof recordingLogger>;
let current: ConfigValue;
let fault: Error | undefined;
let reads: number;
let closed: number;
let handler: Handler<OrchestratorAnswer>;
let store: MemoryTaskStore;
let invoker: ScriptedInvoker;
beforeEach(() => {
  clock = new ManualClock();
  logger = recordingLogger();
  [current, fault, reads, closed] = [{ labourers: labourersOf(1) }, undefined, 0, 0];
  store = new MemoryTaskStore({ clock });
  invoker = new ScriptedInvoker();
  const source: ConfigSource = {
    kind: 'code',
    name: 'here',
    read: async () => {
      reads += 1;
      if (fault) throw fault;
      return [{ path: [], value: current, from: 'here' }];
    },
  };
  const close = async (): Promise<void> => {
    closed += 1;
  };
  const closing = Object.assign(store, { close });
  handler = orchestrator(
    configured({
      sources: [source],
      maxAge: MINUTE,
      parts: () => ({
        store: storePart(closing, true),
        invoker: new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue(invoker)),
        use: [clockPart(clock)],
      }),
    }),
    { clock, logger },
  );
});
const call = (remaining = SECOND): Promise<OrchestratorAnswer> => handler({}, contextOf(clock, remaining));
const enqueue = async (count: number): Promise<void> => {
  await store.enqueue(
    Array.from({ length: count }, () => ({ labourer: 'mill', id: `t${Math.floor(clock.now())}-${tasks++}`, payload: 'null' as never })),
  );
};
let tasks = 0;

it('is read once, and again when it is old: what has changed is in force, and the former is closed', async () => {
  await enqueue(5);
  expect(await call()).toMatchObject({ claimed: 1 });
  clock.set(clock.now() + MINUTE - 1);
  current = { labourers: labourersOf(3) };
  expect(await call()).toMatchObject({ claimed: 0 });
  expect(reads).toBe(1);
  clock.set(clock.now() + 1);
  expect(await call()).toMatchObject({ claimed: 2 });
  expect([reads, closed]).toEqual([2, 1]);
  expect(logger.of('config.changed')).toHaveLength(1);
});

it('what has not changed makes nothing anew', async () => {
  await call();
  clock.set(clock.now() + MINUTE);
  await call();
  expect([reads, closed]).toEqual([2, 0]);
});

it.each([
  ['cannot be read', new Error('no answer'), undefined],
  ['will not do', undefined, { labourers: labourersOf(-1) }],
  ['has a member too many', undefined, { labourers: labourersOf(1), nonsense: 1 }],
])('one that %s leaves the former in force, with a warning, and is tried again later', async (_, error, value) => {
  await enqueue(1);
  await call();
  fault = error;
  current = value ?? current;
  clock.set(clock.now() + MINUTE);
  expect(await call()).toMatchObject({ ticks: 1, errors: {} });
  expect(logger.of('config.failed')[0]).toMatchObject({
    level: 'warn',
    fields: { error: expect.stringMatching(/no answer|is -1.*from here|nonsense/s) },
  });
  await call();
  expect(reads).toBe(2);
  [fault, current] = [undefined, { labourers: labourersOf(2) }];
  clock.set(clock.now() + MINUTE);
  await enqueue(1);
  expect(await call()).toMatchObject({ claimed: 1 });
});

it('on the first invocation there is no former: it fails, and the next tries again', async () => {
  fault = new Error('no answer');
  await expect(call()).rejects.toThrow('no answer');
  fault = undefined;
  current = { labourers: labourersOf('many') };
  await expect(call()).rejects.toThrow(/is "many"; give .*\(from here\)/);
  current = { labourers: labourersOf(1) };
  expect(await call()).toMatchObject({ ticks: 1 });
});

it('an invocation that still uses the former finishes with it before it is closed', async () => {
  invoker.hold();
  await enqueue(1);
  const slow = call();
  await invoker.reached(1);
  clock.set(clock.now() + MINUTE);
  current = { labourers: labourersOf(2) };
  await call();
  expect(closed).toBe(0);
  invoker.release();
  await slow;
  expect(closed).toBe(1);
});

it('of several first invocations at once one makes it', async () => {
  await Promise.all([call(), call(), call()]);
  expect(reads).toBe(1);
});
