import type { ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify';
import type { JobSettings } from '../domain/job.ts';
import { BatchBook } from '../run/batch-book.ts';
import { Batches } from '../run/batches.ts';
import { Doorbell } from '../run/doorbell.ts';
import { Enqueuer } from '../run/enqueuer.ts';
import { Events } from '../run/events.ts';
import { Follower } from '../run/follower.ts';
import { Foreman } from '../run/foreman.ts';
import { JobBook } from '../run/jobs/job-book.ts';
import { Jobs, type JobsKept } from '../run/jobs/jobs.ts';
import { OpenJobs } from '../run/jobs/open-jobs.ts';
import { Redriver } from '../run/redriver.ts';
import { Chance, Clock, Labourers, Operator, Outbox, Register, TaskReader, TaskStore } from './tokens.ts';

/** A part that a composition may do without. One that is bound twice comes from two stores, which are refused as such. */
export const optional = <Part extends object>(
  serviceIdentifier: ServiceIdentifier<Part>,
): { readonly serviceIdentifier: ServiceIdentifier<Part>; readonly isMultiple: true } => ({ serviceIdentifier, isMultiple: true });

/** There are some where there is a register to keep them in. */
interface Shelf {
  readonly book: BatchBook | undefined;
  readonly kept: JobsKept | undefined;
}
const Shelf: ServiceIdentifier<Shelf> = Symbol('the books of batches and jobs, if there are some');

export interface OperatorLimits {
  readonly maxPayloadBytes?: number | undefined;
  readonly jobs?: JobSettings | undefined;
}

/** What operators call, what follows tasks, and batches and jobs of them. */
export const bindOperators = (bind: ContainerModuleLoadOptions['bind'], { maxPayloadBytes, jobs }: OperatorLimits): void => {
  const limits = maxPayloadBytes === undefined ? {} : { maxPayloadBytes };
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
      ([register]: Register[], store: TaskStore, clock: Clock, chance: Chance, events: Events, doorbell: Doorbell): Shelf => {
        if (!register) return { book: undefined, kept: undefined };
        const parts = { register, store, clock, chance, events, doorbell };
        const book = new JobBook(parts);
        const batches = new BatchBook({ ...parts, jobs: book });
        return { book: batches, kept: { jobs: book, open: new OpenJobs(parts), batches } };
      },
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
  bind(Jobs)
    .toResolvedValue(
      (
        labourers: Labourers,
        store: TaskStore,
        reader: TaskReader,
        foreman: Foreman,
        { kept }: Shelf,
        [outbox]: Outbox[],
        follower: Follower,
        clock: Clock,
        events: Events,
        doorbell: Doorbell,
      ) => {
        const optionalParts = { kept, follower: outbox && follower, settings: jobs };
        return new Jobs({ ...limits, ...optionalParts, labourers, store, reader, foreman, clock, events, doorbell });
      },
      [Labourers, TaskStore, TaskReader, Foreman, Shelf, optional(Outbox), Follower, Clock, Events, Doorbell],
    )
    .inSingletonScope();
};
