import { checkDue, checkTaskId } from '../decide/check-task.ts';
import { encodeJson } from '../decide/encode-json.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { NewTask } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoreCapabilities, TaskStore } from '../ports/task-store.ts';
import type { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';
import { oneEach } from './one-each.ts';

export interface EnqueueOptions {
  /**
   * Yours, unique within the store: enqueueing it again is a duplicate, for another labourer as well. So where two labourers
   * work on one thing, name the work and not the thing: `thumbnail-cat.jpg`. Default: a new random one.
   */
  readonly id?: string;
  /** Not before this instant (milliseconds since the epoch, or a Date). */
  readonly runAt?: number | Date;
  /** Not before so many milliseconds from now. */
  readonly delay?: Millis;
}

export interface Enqueued {
  readonly id: string;
  /** `duplicate`: a task with this id was known, of this labourer or another; it is as it was, and this payload was not kept. */
  readonly outcome: 'created' | 'duplicate';
}

export interface EnqueueItem extends EnqueueOptions {
  readonly payload: unknown;
}

export interface EnqueuerParts {
  readonly labourers: readonly Labourer[];
  readonly store: Pick<TaskStore, 'enqueue' | 'newId'> & { readonly capabilities: Pick<StoreCapabilities, 'maxPayloadBytes'> };
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
  readonly doorbell: Doorbell;
  /** The longest payload text, in bytes of UTF-8. Default 1 MiB (what Lambda takes), or less if the store takes less. */
  readonly maxPayloadBytes?: number;
}

type Unnamed = Omit<NewTask, 'id'> & { readonly id: string | undefined };

/** Tasks of one call to the store. */
const PAGE = 2_000;

/** The door: what comes in here is checked whole before anything is written. */
export class Enqueuer {
  readonly #parts: EnqueuerParts;
  readonly #known: ReadonlySet<string>;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
    this.#known = new Set(parts.labourers.map(({ id }) => id));
  }

  /**
   * @param payload a value that JSON can carry
   * @throws ReeveError UNKNOWN_LABOURER, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE, INVALID_TASK_ID, INVALID_DUE
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
    const { store, events, doorbell } = this.#parts;
    const tasks = items.map((item, n) => this.#check(labourer, item, items.length === 1 ? '' : `items[${n}].`));
    const answers: Enqueued[] = [];
    for (let from = 0; from < tasks.length; from += PAGE) {
      // Ids that a store makes are made as late as can be: they may say when.
      const page = tasks.slice(from, from + PAGE).map((task): NewTask => ({ ...task, id: task.id ?? this.#newId(task) }));
      const outcomes = oneEach('enqueue', page.length, await store.enqueue(page));
      page.forEach((task, n) => {
        const outcome = outcomes[n] as Enqueued['outcome'];
        answers.push({ id: task.id, outcome });
        if (outcome === 'created') events.emit('task.enqueued', taskOf(task));
      });
      doorbell.ring(labourer);
    }
    return answers;
  }

  #newId(task: Omit<NewTask, 'id'>): string {
    const { store, chance } = this.#parts;
    return store.newId?.(task) ?? chance.id();
  }

  #check(labourer: string, { id, payload, runAt, delay }: EnqueueItem, place: string): Unnamed {
    const { store, clock, maxPayloadBytes = 1024 * 1024 } = this.#parts;
    if (!this.#known.has(labourer)) {
      const shown = typeof labourer === 'string' ? JSON.stringify(labourer.slice(0, 128)) : typeof labourer;
      const message = `labourer: there is no labourer ${shown} here; known are ${[...this.#known].join(', ')}`;
      throw new ReeveError({ kind: 'input', code: 'UNKNOWN_LABOURER', message });
    }
    const due = checkDue({ ...(runAt !== undefined && { runAt }), ...(delay !== undefined && { delay }) }, clock.now(), place);
    const maxBytes = Math.min(maxPayloadBytes, store.capabilities.maxPayloadBytes);
    return {
      labourer,
      id: id === undefined ? undefined : checkTaskId(id, place),
      payload: encodeJson(payload, { what: `${place}payload`, maxBytes }),
      ...(due !== undefined && { due }),
    };
  }
}
