import {
  type Clock,
  Doorbell,
  defineLabourers,
  defineSchedule,
  Enqueuer,
  type Entry,
  type EpochMs,
  Events,
  type JsonText,
  type LabourerDefinitions,
  MemoryTaskStore,
  type ReeveEvents,
  type Register,
  type Schedule,
  type ScheduleDefinition,
  type ScheduledJobs,
  Schedules,
  type TaskReader,
  type TaskStore,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';

export const LABOURERS: LabourerDefinitions = { mill: { maxSimultaneousInvocations: 5 }, forge: { maxSimultaneousInvocations: 5 } };
export const KNOWN: ReadonlySet<string> = new Set(Object.keys(LABOURERS));

/** Monday 2026-01-05, noon of UTC. */
export const NOON: EpochMs = Date.UTC(2026, 0, 5, 12);

export const toMill = { enqueue: { labourer: 'mill' } } as const;

export const scheduleOf = (definition: Partial<ScheduleDefinition>, name = 'pulse'): Schedule =>
  defineSchedule(name, { ...(definition.job === undefined && toMill), ...definition }, KNOWN);

export const iso = (instants: readonly EpochMs[]): readonly string[] => instants.map((each) => new Date(each).toISOString());

export type AnyStore = TaskStore & TaskReader & Register;

export interface ProcessOptions {
  readonly code?: Readonly<Record<string, ScheduleDefinition>>;
  readonly jobs?: ScheduledJobs;
  readonly labourers?: LabourerDefinitions;
  /** Of this process, if it is another than the store's. */
  readonly clock?: Clock;
  /** As this process sees it, such as one that crashes. */
  readonly store?: AnyStore;
}

/** One memory store, one manual clock, and any number of processes that run schedules. */
export const world = (start: EpochMs = NOON) => {
  const clock = new ManualClock(start);
  const chance = new CountingChance();
  const store = new MemoryTaskStore({ clock });
  return { clock, chance, store, process: (options: ProcessOptions = {}) => processOf({ clock, chance, store, ...options }) };
};

export const processOf = ({
  code = {},
  jobs,
  labourers: definitions = LABOURERS,
  clock,
  chance,
  store,
}: ProcessOptions & { readonly clock: Clock; readonly chance: CountingChance; readonly store: AnyStore }) => {
  const events = new Events();
  const labourers = defineLabourers(definitions);
  const names = new Set(labourers.map(({ id }) => id));
  const parts = { clock, chance, events, labourers };
  const schedules = new Schedules({
    ...parts,
    labourers: names,
    schedules: Object.entries(code).map(([name, definition]) => defineSchedule(name, definition, names)),
    register: store,
    reader: store,
    enqueuer: new Enqueuer({ ...parts, store, doorbell: new Doorbell() }),
    jobs,
  });
  const fired: ReeveEvents['schedule.fired'][] = [];
  const skipped: ReeveEvents['schedule.skipped'][] = [];
  const failed: ReeveEvents['schedule.failed'][] = [];
  events.on('schedule.fired', (event) => fired.push(event));
  events.on('schedule.skipped', (event) => skipped.push(event));
  events.on('schedule.failed', (event) => failed.push(event));
  return { schedules, events, fired, skipped, failed };
};

/** The tasks of a labourer that are queued, by their payloads. */
export const queued = async (store: TaskReader, labourer = 'mill'): Promise<readonly unknown[]> =>
  (await store.list({ labourer, state: 'queued', limit: 1_000 })).tasks.map(({ payload }) => JSON.parse(payload) as unknown);

/** The instants at which tasks were made, by their payloads: of schedules with `passInstant`. */
export const instantsOf = async (store: TaskReader, labourer = 'mill'): Promise<readonly string[]> =>
  (await queued(store, labourer)).map((payload) => (payload as { schedule: { instant: string } }).schedule.instant).sort();

/** Ends all tasks of a labourer that are due. */
export const work = async (store: TaskStore, labourer = 'mill'): Promise<number> => {
  const { leases } = await store.claim({ labourer, token: 'work', cap: 1_000, limit: 1_000, lease: 1_000 });
  await store.settle(leases.map((lease) => ({ kind: 'completed', labourer, id: lease.id, token: lease.token })));
  return leases.length;
};

export const entryOf = async (store: Register, name: string): Promise<Record<string, unknown> | undefined> => {
  const [entry] = (await store.look([`schedule:${name}`])).entries as readonly (Entry | undefined)[];
  return entry && (JSON.parse(entry.value) as Record<string, unknown>);
};

export const writeEntry = (store: Register, name: string, value: unknown): Promise<unknown> =>
  store.change([{ name: `schedule:${name}`, stamp: `by-hand-${JSON.stringify(value).length}`, value: JSON.stringify(value) as JsonText }]);
