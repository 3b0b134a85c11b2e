import { ContainerModule, type ServiceIdentifier } from 'inversify';
import type { JobSettings } from '../domain/job.ts';
import type { Millis } from '../domain/time.ts';
import { Assistant } from '../run/assistant.ts';
import { Batches } from '../run/batches.ts';
import { Doorbell } from '../run/doorbell.ts';
import { Enqueuer } from '../run/enqueuer.ts';
import { Events } from '../run/events.ts';
import { Follower } from '../run/follower.ts';
import { Foreman } from '../run/foreman.ts';
import { Jobs } from '../run/jobs/jobs.ts';
import { limitedStore } from '../run/limited-store.ts';
import { Orchestrator } from '../run/orchestrator.ts';
import { Redriver } from '../run/redriver.ts';
import { Scavenger } from '../run/scavenger.ts';
import { Schedules } from '../run/schedules/schedules.ts';
import { SettingsBoard } from '../run/settings-board.ts';
import { Waiter } from '../run/waiter.ts';
import { bindEcology, OwnEcology } from './bind-ecology.ts';
import { bindOperators, optional } from './bind-operators.ts';
import { bindSchedules } from './bind-schedules.ts';
import { Reeve } from './reeve.ts';
import {
  Chance,
  Clock,
  EcologyProvider,
  Invoker,
  Labourers,
  Lifecycle,
  Operator,
  Outbox,
  Register,
  TaskReader,
  TaskStore,
  WakeUps,
} from './tokens.ts';

/** The store as the essentials see it: its claims keep to rates and resources. */
const EssentialStore: ServiceIdentifier<TaskStore> = Symbol('the store with limits');

export interface Limits {
  /** The longest payload text, in bytes of UTF-8. Default 1 MiB (what Lambda takes), or less if the store takes less. */
  readonly maxPayloadBytes?: number;
  /** The longest result or statistics text that the Assistant takes, in bytes of UTF-8. Default 256 KiB. */
  readonly maxResultBytes?: number;
  /**
   * How often a process looks whether another asked for the cancellation of what runs here, while something runs for longer than that.
   * Default 5 s; Infinity: never, and only a heartbeat tells.
   */
  readonly cancelCheckEvery?: Millis;
  /** What jobs of this composition mean: which of their attributes can be chunked, their own periods, the time zone, limits. */
  readonly jobs?: JobSettings;
}

/**
 * Binds the essentials and the facade, each class under its own name, for containers of the user's own. What they are
 * made of (TaskStore, TaskReader, Invoker, Labourers, Clock, Chance) is bound elsewhere; `checkComposition` says what is missing.
 */
export const reeveModule = ({ cancelCheckEvery, jobs: jobSettings, ...limits }: Limits = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bindOperators(bind, { ...limits, jobs: jobSettings });
    bindSchedules(bind);
    bindEcology(bind);
    bind(Events)
      .toDynamicValue(() => new Events())
      .inSingletonScope();
    bind(Doorbell)
      .toDynamicValue(() => new Doorbell())
      .inSingletonScope();
    bind(EssentialStore)
      .toResolvedValue(
        (
          labourers: Labourers,
          store: TaskStore,
          [register]: Register[],
          clock: Clock,
          chance: Chance,
          events: Events,
          doorbell: Doorbell,
          reader: TaskReader,
        ) => limitedStore({ labourers, store, register, clock, chance, events, doorbell, reader }),
        [Labourers, TaskStore, optional(Register), Clock, Chance, Events, Doorbell, TaskReader],
      )
      .inSingletonScope();
    bind(SettingsBoard)
      .toResolvedValue(
        (labourers: Labourers, [register]: Register[], clock: Clock, chance: Chance) =>
          new SettingsBoard({ labourers, register, clock, chance }),
        [Labourers, optional(Register), Clock, Chance],
      )
      .inSingletonScope();
    bind(Orchestrator)
      .toResolvedValue(
        (
          labourers: Labourers,
          store: TaskStore,
          invoker: Invoker,
          own: OwnEcology,
          others: EcologyProvider[],
          wakeUps: WakeUps[],
          clock: Clock,
          chance: Chance,
          settings: SettingsBoard,
          events: Events,
          doorbell: Doorbell,
          reader: TaskReader,
          [register]: Register[],
        ) => {
          const cancels = { reader, ...(register && { register }), ...(cancelCheckEvery !== undefined && { every: cancelCheckEvery }) };
          const ecology = [...own.providers, ...others];
          return new Orchestrator({ labourers, store, invoker, ecology, wakeUps, clock, chance, settings, events, doorbell, cancels });
        },
        [
          Labourers,
          EssentialStore,
          Invoker,
          OwnEcology,
          { serviceIdentifier: EcologyProvider, isMultiple: true },
          { serviceIdentifier: WakeUps, isMultiple: true },
          Clock,
          Chance,
          SettingsBoard,
          Events,
          Doorbell,
          TaskReader,
          optional(Register),
        ],
      )
      .inSingletonScope();
    bind(Waiter)
      .toResolvedValue(
        (labourers: Labourers, reader: TaskReader, clock: Clock, events: Events) => new Waiter({ labourers, reader, clock, events }),
        [Labourers, TaskReader, Clock, Events],
      )
      .inSingletonScope();
    bind(Scavenger)
      .toResolvedValue(
        (labourers: Labourers, store: TaskStore, clock: Clock, chance: Chance, events: Events, doorbell: Doorbell, follower: Follower) =>
          new Scavenger({ labourers, store, clock, chance, events, doorbell, follower }),
        [Labourers, EssentialStore, Clock, Chance, Events, Doorbell, Follower],
      )
      .inSingletonScope();
    bind(Assistant)
      .toResolvedValue(
        (
          labourers: Labourers,
          store: TaskStore,
          reader: TaskReader,
          chance: Chance,
          events: Events,
          doorbell: Doorbell,
          [register]: Register[],
        ) => new Assistant({ ...limits, labourers, store, reader, chance, events, doorbell, register }),
        [Labourers, EssentialStore, TaskReader, Chance, Events, Doorbell, optional(Register)],
      )
      .inSingletonScope();
    bind(Enqueuer)
      .toResolvedValue(
        (
          labourers: Labourers,
          store: TaskStore,
          clock: Clock,
          chance: Chance,
          events: Events,
          doorbell: Doorbell,
          [outbox]: Outbox[],
          follower: Follower,
          [register]: Register[],
          [operator]: Operator[],
        ) => {
          const optionalParts = { follower: outbox && follower, register, operator };
          return new Enqueuer({ ...limits, ...optionalParts, labourers, store, clock, chance, events, doorbell });
        },
        [Labourers, TaskStore, Clock, Chance, Events, Doorbell, optional(Outbox), Follower, optional(Register), optional(Operator)],
      )
      .inSingletonScope();
    bind(Reeve)
      .toResolvedValue(
        (
          labourers: Labourers,
          reader: TaskReader,
          lifecycles: Lifecycle[],
          orchestrator: Orchestrator,
          scavenger: Scavenger,
          assistant: Assistant,
          enqueuer: Enqueuer,
          settings: SettingsBoard,
          events: Events,
          foreman: Foreman,
          redriver: Redriver,
          follower: Follower,
          batches: Batches,
          waiter: Waiter,
          jobs: Jobs,
          schedules: Schedules,
        ) =>
          new Reeve({
            labourers,
            reader,
            lifecycles,
            orchestrator,
            scavenger,
            assistant,
            enqueuer,
            settings,
            events,
            foreman,
            redriver,
            follower,
            batches,
            waiter,
            jobs,
            schedules,
          }),
        [
          Labourers,
          TaskReader,
          { serviceIdentifier: Lifecycle, isMultiple: true },
          Orchestrator,
          Scavenger,
          Assistant,
          Enqueuer,
          SettingsBoard,
          Events,
          Foreman,
          Redriver,
          Follower,
          Batches,
          Waiter,
          Jobs,
          Schedules,
        ],
      )
      .inSingletonScope();
  });
