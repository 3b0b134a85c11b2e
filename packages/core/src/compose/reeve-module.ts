import { ContainerModule } from 'inversify';
import { Assistant } from '../run/assistant.ts';
import { Doorbell } from '../run/doorbell.ts';
import { Enqueuer } from '../run/enqueuer.ts';
import { Events } from '../run/events.ts';
import { Orchestrator } from '../run/orchestrator.ts';
import { Scavenger } from '../run/scavenger.ts';
import { Reeve } from './reeve.ts';
import { Chance, Clock, EcologyProvider, Invoker, Labourers, Lifecycle, TaskReader, TaskStore, WakeUps } from './tokens.ts';

export interface Limits {
  /** The longest payload text, in bytes of UTF-8. Default 1 MiB (what Lambda takes), or less if the store takes less. */
  readonly maxPayloadBytes?: number;
  /** The longest result or statistics text that the Assistant takes, in bytes of UTF-8. Default 256 KiB. */
  readonly maxResultBytes?: number;
}

/**
 * Binds the essentials and the facade, each class under its own name, for containers of the user's own. What they are
 * made of (TaskStore, TaskReader, Invoker, Labourers, Clock, Chance) is bound elsewhere; `checkComposition` says what is missing.
 */
export const reeveModule = (limits: Limits = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(Events)
      .toDynamicValue(() => new Events())
      .inSingletonScope();
    bind(Doorbell)
      .toDynamicValue(() => new Doorbell())
      .inSingletonScope();
    bind(Orchestrator)
      .toResolvedValue(
        (
          labourers: Labourers,
          store: TaskStore,
          invoker: Invoker,
          ecology: EcologyProvider[],
          wakeUps: WakeUps[],
          clock: Clock,
          chance: Chance,
          events: Events,
          doorbell: Doorbell,
        ) => new Orchestrator({ labourers, store, invoker, ecology, wakeUps, clock, chance, events, doorbell }),
        [
          Labourers,
          TaskStore,
          Invoker,
          { serviceIdentifier: EcologyProvider, isMultiple: true },
          { serviceIdentifier: WakeUps, isMultiple: true },
          Clock,
          Chance,
          Events,
          Doorbell,
        ],
      )
      .inSingletonScope();
    bind(Scavenger)
      .toResolvedValue(
        (labourers: Labourers, store: TaskStore, clock: Clock, chance: Chance, events: Events, doorbell: Doorbell) =>
          new Scavenger({ labourers, store, clock, chance, events, doorbell }),
        [Labourers, TaskStore, Clock, Chance, Events, Doorbell],
      )
      .inSingletonScope();
    bind(Assistant)
      .toResolvedValue(
        (labourers: Labourers, store: TaskStore, reader: TaskReader, chance: Chance, events: Events, doorbell: Doorbell) =>
          new Assistant({ ...limits, labourers, store, reader, chance, events, doorbell }),
        [Labourers, TaskStore, TaskReader, Chance, Events, Doorbell],
      )
      .inSingletonScope();
    bind(Enqueuer)
      .toResolvedValue(
        (labourers: Labourers, store: TaskStore, clock: Clock, chance: Chance, events: Events, doorbell: Doorbell) =>
          new Enqueuer({ ...limits, labourers, store, clock, chance, events, doorbell }),
        [Labourers, TaskStore, Clock, Chance, Events, Doorbell],
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
          events: Events,
        ) => new Reeve({ labourers, reader, lifecycles, orchestrator, scavenger, assistant, enqueuer, events }),
        [Labourers, TaskReader, { serviceIdentifier: Lifecycle, isMultiple: true }, Orchestrator, Scavenger, Assistant, Enqueuer, Events],
      )
      .inSingletonScope();
  });
