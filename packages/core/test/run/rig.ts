import {
  type Delivery,
  Doorbell,
  defineLabourers,
  Enqueuer,
  type EventName,
  Events,
  Follower,
  Foreman,
  type InvokeContext,
  type Invoker,
  type Labourer,
  type LabourerDefinition,
  type Lease,
  MemoryTaskStore,
  Orchestrator,
  type OrchestratorParts,
  type ReeveEvents,
  Scavenger,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';

/** One worker as a test plays it: what `invoke` does. */
export type Play = (lease: Lease, context: InvokeContext, labourer: Labourer) => Promise<Delivery> | Delivery;

export const done: Delivery = { kind: 'finished', report: { kind: 'done' } };
export const accepted: Delivery = { kind: 'accepted' };

export const invokerOf = (play: Play, parallelism?: number): Invoker => ({
  invoke: async (labourer, lease, context) => play(lease, context, labourer),
  ...(parallelism !== undefined && { parallelism }),
});

export interface RigOptions {
  readonly labourers?: Readonly<Record<string, LabourerDefinition>>;
  readonly play?: Play;
  readonly parallelism?: number;
  readonly parts?: Partial<OrchestratorParts>;
}

/** The essentials around one memory store, one manual clock and counted chance, and a list of all that happened. */
export const rig = ({
  labourers = { a: { maxSimultaneousInvocations: 2 } },
  play = () => done,
  parallelism,
  parts = {},
}: RigOptions = {}) => {
  const clock = new ManualClock();
  const chance = new CountingChance();
  const store = new MemoryTaskStore({ clock });
  const events = new Events();
  const doorbell = new Doorbell();
  const common = { labourers: defineLabourers(labourers), store, clock, chance, events, doorbell };
  const happened: { readonly name: EventName; readonly event: ReeveEvents[EventName] }[] = [];
  const names: readonly EventName[] = [
    'labourer.failed',
    'labourer.resized',
    'labourer.health',
    'labourer.dryRun',
    'labourer.held',
    'store.failed',
    'task.started',
    'task.completed',
    'task.retried',
    'task.dead',
    'task.released',
    'task.unknown',
    'task.aside',
    'task.cancelled',
    'task.redriven',
    'follow.failed',
    'job.failed',
    'verdict.refused',
  ];
  for (const name of names) events.on(name, (event) => happened.push({ name, event }));
  const follower = new Follower({ ...common, outbox: store });
  return {
    ...common,
    happened,
    follower,
    named: <Name extends EventName>(name: Name) =>
      happened.filter((each) => each.name === name).map(({ event }) => event as ReeveEvents[Name]),
    enqueuer: new Enqueuer({ ...common, follower }),
    scavenger: new Scavenger({ ...common, follower }),
    foreman: new Foreman({ ...common, operator: store, register: store }),
    orchestrator: new Orchestrator({
      ...common,
      invoker: invokerOf(play, parallelism),
      cancels: { reader: store, register: store },
      ...parts,
    }),
  };
};

/** A promise, and the means to settle it from outside. */
export const gate = <T = void>() => {
  let open!: (value: T) => void;
  const passed = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { open, passed };
};

/** Lets everything that can go on without the clock go on: promises, and what waits for the end of the turn. */
export const settle = async (turns = 20): Promise<void> => {
  for (let n = 0; n < turns; n += 1) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** Does something on the way to an answer. */
export const counted = <T>(count: () => unknown, answer: T): T => {
  count();
  return answer;
};
