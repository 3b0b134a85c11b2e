import type { ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify';
import { BatchBook } from '../run/batch-book.ts';
import { Batches } from '../run/batches.ts';
import { Doorbell } from '../run/doorbell.ts';
import { Enqueuer } from '../run/enqueuer.ts';
import { Events } from '../run/events.ts';
import { Follower } from '../run/follower.ts';
import { Foreman } from '../run/foreman.ts';
import { Redriver } from '../run/redriver.ts';
import { Chance, Clock, Labourers, Operator, Outbox, Register, TaskReader, TaskStore } from './tokens.ts';

/** A part that a composition may do without. One that is bound twice comes from two stores, which are refused as such. */
export const optional = <Part extends object>(
  serviceIdentifier: ServiceIdentifier<Part>,
): { readonly serviceIdentifier: ServiceIdentifier<Part>; readonly isMultiple: true } => ({ serviceIdentifier, isMultiple: true });

/** There is one where there is a register to keep it in. */
interface Shelf {
  readonly book: BatchBook | undefined;
}
const Shelf: ServiceIdentifier<Shelf> = Symbol('the book of batches, if there is one');

/** What operators call, what follows tasks, and batches of them. */
export const bindOperators = (bind: ContainerModuleLoadOptions['bind'], limits: { readonly maxPayloadBytes?: number }): void => {
  bind(Foreman)
    .toResolvedValue(
      (
        labourers: Labourers,
        store: TaskStore,
        [operator]: Operator[],
        [register]: Register[],
        chance: Chance,
        events: Events,
        doorbell: Doorbell,
      ) => new Foreman({ ...limits, labourers, store, operator, register, chance, events, doorbell }),
      [Labourers, TaskStore, optional(Operator), optional(Register), Chance, Events, Doorbell],
    )
    .inSingletonScope();
  bind(Redriver)
    .toResolvedValue(
      (labourers: Labourers, reader: TaskReader, foreman: Foreman) => new Redriver({ labourers, reader, foreman }),
      [Labourers, TaskReader, Foreman],
    )
    .inSingletonScope();
  bind(Shelf)
    .toResolvedValue(
      ([register]: Register[], store: TaskStore, clock: Clock, chance: Chance, events: Events, doorbell: Doorbell): Shelf => ({
        book: register && new BatchBook({ register, store, clock, chance, events, doorbell }),
      }),
      [optional(Register), TaskStore, Clock, Chance, Events, Doorbell],
    )
    .inSingletonScope();
  bind(Follower)
    .toResolvedValue(
      (labourers: Labourers, store: TaskStore, [outbox]: Outbox[], { book }: Shelf, clock: Clock, events: Events, doorbell: Doorbell) =>
        new Follower({ ...limits, labourers, store, outbox, book, clock, events, doorbell }),
      [Labourers, TaskStore, optional(Outbox), Shelf, Clock, Events, Doorbell],
    )
    .inSingletonScope();
  bind(Batches)
    .toResolvedValue(
      (labourers: Labourers, enqueuer: Enqueuer, { book }: Shelf, chance: Chance) => new Batches({ labourers, enqueuer, book, chance }),
      [Labourers, Enqueuer, Shelf, Chance],
    )
    .inSingletonScope();
};
