import { checkDedupe, type Dedupe, type DedupeKey } from '../decide/check-dedupe.ts';
import { checkLabourer } from '../decide/check-labourer.ts';
import { checkDue, checkExpiry, checkKey, checkPriority, checkTaskId, type Expiry } from '../decide/check-task.ts';
import { encodeJson } from '../decide/encode-json.ts';
import { needed } from '../decide/needed.ts';
import { writeFollow } from '../decide/write-follow.ts';
import type { Continuations, Membership } from '../domain/follow.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { NewTask } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Operator } from '../ports/operator.ts';
import type { Register } from '../ports/register.ts';
import type { StoreCapabilities, TaskStore } from '../ports/task-store.ts';
import { Deduper, type Keyed } from './deduper.ts';
import type { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';
import { refuseMisfits } from './fit.ts';
import type { Follower } from './follower.ts';
import { oneEach } from './one-each.ts';

export interface EnqueueOptions extends Continuations {
  /**
   * Yours, unique within the store: enqueueing it again is a duplicate, for another labourer as well. So where two labourers
   * work on one thing, name the work and not the thing: `thumbnail-cat.jpg`. Default: a new random one.
   */
  readonly id?: string;
  /** Not before this instant (milliseconds since the epoch, or a Date). */
  readonly runAt?: number | Date;
  /** Not before so many milliseconds from now. */
  readonly delay?: Millis;
  /** A whole number from 0 to 9: the higher, the sooner. Default: the labourer's, or 0. */
  readonly priority?: number;
  /** If no attempt of it was started before this instant (milliseconds since the epoch, or a Date), it is dropped. */
  readonly expiresAt?: number | Date;
  /** The same, so many milliseconds after it falls due. Default: the labourer's, or never. */
  readonly expireAfter?: Millis;
  /**
   * Whom it is done for, such as a tenant: 1 to 128 characters. A labourer with `perKey` runs so many of each key at once, and its keys take
   * turns.
   */
  readonly key?: string;
  /** So that what is asked for many times within a while is done once. It takes a store with a Register. */
  readonly dedupe?: Dedupe;
}

export interface Enqueued {
  /** Of the task that stands: with `dedupe` it may be that of an earlier one. */
  readonly id: string;
  /**
   * - `duplicate`  a task with this id, or this key, was known, of this labourer or another; it is as it was, and this payload was not kept
   * - `replaced`   a task with this key was known and not started, and has this payload now
   */
  readonly outcome: 'created' | 'duplicate' | 'replaced';
}

export interface EnqueueItem<Payload = unknown> extends EnqueueOptions {
  readonly payload: Payload;
}

export interface EnqueuerParts {
  readonly labourers: readonly Labourer[];
  readonly store: Pick<TaskStore, 'enqueue' | 'newId'> & { readonly capabilities: Pick<StoreCapabilities, 'maxPayloadBytes'> };
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
  readonly doorbell: Doorbell;
  /** Absent: there is no `dedupe`. */
  readonly register?: Pick<Register, 'change'> | undefined;
  /** Absent: with `dedupe`, no payload takes the place of another. */
  readonly operator?: Pick<Operator, 'replace'> | undefined;
  /** Absent: nothing may follow a task. */
  readonly follower?: Pick<Follower, 'expect'> | undefined;
  /** The longest payload text, in bytes of UTF-8. Default 1 MiB (what Lambda takes), or less if the store takes less. */
  readonly maxPayloadBytes?: number;
}

/** A task as it will be, but for an id that its store may make. */
export type Prepared = Omit<Keyed, 'id'> & { readonly id: string | undefined };

/** What was written, and what became of each. */
interface Wrote {
  readonly written: readonly NewTask[];
  readonly outcomes: readonly Enqueued['outcome'][];
}

/** Tasks of one call to the store. */
const PAGE = 2_000;

/** The door: what comes in here is checked whole before anything is written. */
export class Enqueuer {
  readonly #parts: EnqueuerParts;
  readonly #known: ReadonlyMap<string, Labourer>;
  readonly #deduper: Deduper | undefined;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
    this.#known = new Map(parts.labourers.map((each) => [each.id, each]));
    const { register, operator, chance } = parts;
    this.#deduper = register && new Deduper({ register, operator, chance });
  }

  /**
   * @param payload a value that JSON can carry
   * @throws ReeveError UNKNOWN_LABOURER, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE, PAYLOAD_REFUSED, INVALID_TASK_ID, INVALID_DUE,
   * INVALID_PRIORITY, INVALID_EXPIRY, INVALID_DEDUPE, INVALID_FOLLOW, PART_MISSING
   */
  async enqueue(labourer: string, payload: unknown, options: EnqueueOptions = {}): Promise<Enqueued> {
    const [answer] = await this.enqueueMany(labourer, [{ ...options, payload }]);
    return answer as Enqueued;
  }

  /**
   * All are checked before the first is written; a fault of one names its place: `items[3].payload.price`. They go to the
   * store in pages of 2,000, each whole or not at all: if the store fails between two, calling again with the same ids is safe.
   */
  async enqueueMany(labourer: string, items: readonly EnqueueItem[]): Promise<readonly Enqueued[]> {
    const prepared = this.prepare(labourer, items, (n) => (items.length === 1 ? '' : `items[${n}].`));
    return this.put(prepared instanceof Promise ? await prepared : prepared);
  }

  /**
   * What a call does before the first is written.
   * @param placeOf what comes before a field of the n-th in messages
   * @param memberOf that it is one of a batch
   * @returns a promise where the labourer has a schema, which may be async; else nobody has to wait
   */
  prepare(
    labourer: string,
    items: readonly EnqueueItem[],
    placeOf: (n: number) => string,
    memberOf?: (n: number) => Membership,
  ): readonly Prepared[] | Promise<readonly Prepared[]> {
    const now = this.#parts.clock.now();
    const known = this.#labourerOf(labourer);
    const tasks = items.map((item, n) => this.#check(known, item, now, placeOf(n), memberOf?.(n)));
    return known.schema ? refuseMisfits(known.schema, tasks, placeOf).then(() => tasks) : tasks;
  }

  /** Writes what was prepared, of any labourers. */
  async put(tasks: readonly Prepared[]): Promise<readonly Enqueued[]> {
    const { store, events, follower } = this.#parts;
    const answers: Enqueued[] = [];
    for (let from = 0; from < tasks.length; from += PAGE) {
      // Ids that a store makes are made as late as can be: they may say when.
      const page = tasks.slice(from, from + PAGE).map((task): Keyed => ({ ...task, id: task.id ?? this.#newId(task) }));
      // Before they are written: one of them may have ended by the time that this call is answered.
      for (const { follow, labourer } of page) if (follow !== undefined) follower?.expect(labourer);
      const { written, outcomes }: Wrote = page.some(({ dedupe }) => dedupe)
        ? await this.#writeOnce(page)
        : { written: page, outcomes: oneEach('enqueue', page.length, await store.enqueue(page)) };
      written.forEach((task, n) => {
        const outcome = outcomes[n] as Enqueued['outcome'];
        answers.push({ id: task.id, outcome });
        if (outcome === 'created') events.emit('task.enqueued', taskOf(task));
      });
      this.#ring(page);
    }
    return answers;
  }

  /** Once for each labourer; nearly always there is one. */
  #ring(page: readonly NewTask[]): void {
    const [first] = page;
    if (!first) return;
    const others = page.filter(({ labourer }) => labourer !== first.labourer).map(({ labourer }) => labourer);
    this.#parts.doorbell.ring(first.labourer);
    for (const labourer of new Set(others)) this.#parts.doorbell.ring(labourer);
  }

  /** Writes a page of which some want a key to themselves. */
  async #writeOnce(page: readonly Keyed[]): Promise<Wrote> {
    const deduper = needed(this.#deduper, 'Register', 'dedupe');
    const written = await deduper.standing(page);
    const outcomes = oneEach('enqueue', written.length, await this.#parts.store.enqueue(written));
    const replaced = await deduper.replace(page, written, outcomes);
    const isReplaced = (n: number): boolean => outcomes[n] === 'duplicate' && page[n]?.dedupe?.replaces === true;
    return {
      written,
      outcomes: written.map(({ id }, n) => (isReplaced(n) && replaced.has(id) ? 'replaced' : (outcomes[n] ?? 'duplicate'))),
    };
  }

  #newId(task: Omit<NewTask, 'id'>): string {
    const { store, chance } = this.#parts;
    return store.newId?.(task) ?? chance.id();
  }

  #labourerOf(name: string): Labourer {
    return this.#known.get(checkLabourer(name, this.#known)) as Labourer;
  }

  #check(labourer: Labourer, item: EnqueueItem, now: EpochMs, place: string, batch?: Membership): Prepared {
    const { store, maxPayloadBytes = 1024 * 1024 } = this.#parts;
    const { id, payload } = item;
    const due = checkDue(item, now, place);
    const priority = checkPriority(item.priority === undefined ? labourer.priority : item.priority, place);
    const expiresAt = checkExpiry(isExpiring(item) ? item : labourer, due, now, place);
    const key = item.key === undefined ? undefined : checkKey(item.key, place);
    const dedupe = item.dedupe === undefined ? undefined : this.#checkDedupe(item.dedupe, labourer, place);
    const follow = writeFollow(item, { labourers: this.#known, place, batch });
    if (follow !== undefined) needed(this.#parts.follower, 'Outbox', `${place}onCompleted, onDead, onEnded`);
    const maxBytes = Math.min(maxPayloadBytes, store.capabilities.maxPayloadBytes);
    return {
      labourer: labourer.id,
      id: id === undefined ? undefined : checkTaskId(id, place),
      payload: encodeJson(payload, { what: `${place}payload`, maxBytes }),
      ...(due !== undefined && { due }),
      ...(priority !== undefined && { priority }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(key !== undefined && { key }),
      ...(dedupe !== undefined && { dedupe }),
      ...(follow !== undefined && { follow }),
    };
  }

  #checkDedupe(given: Dedupe, labourer: Labourer, place: string): DedupeKey {
    const { register, operator } = this.#parts;
    const dedupe = checkDedupe(given, labourer.id, place);
    needed(register, 'Register', `${place}dedupe`);
    if (dedupe.replaces) needed(operator, 'Operator', `${place}dedupe.onDuplicate "replace"`);
    return dedupe;
  }
}

const isExpiring = ({ expiresAt, expireAfter }: Expiry): boolean => expiresAt !== undefined || expireAfter !== undefined;
