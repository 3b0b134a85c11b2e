import type { TaskKey, TaskRecord } from '../domain/task.ts';
import { type EpochMs, type Millis, SECOND } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import { type Deadline, Deadlines } from './deadlines.ts';
import { inTime } from './in-time.ts';
import { over } from './over.ts';

/** A task that no attempt will be started of, unless somebody queues it again. */
export type EndedTask = Exclude<TaskRecord, { readonly state: 'queued' | 'running' }>;

/** Who waits for a task hears one of these, once. */
export interface Onlooker {
  ended(task: EndedTask): void;
  failed(error: unknown): void;
}

interface Watched {
  readonly key: TaskKey;
  readonly onlookers: Set<Onlooker>;
  readonly gone: AbortController;
  pause: Millis;
  look: Deadline | undefined;
  /** `again`: something happened to the task while the store was being asked, and the answer may be from before. */
  asked: 'no' | 'yes' | 'again';
  /** Why the store could not be asked the last time. */
  trouble: unknown;
}

const SHORTEST: Millis = 50;
const LONGEST: Millis = SECOND;
const GROWTH = 1.5;
/** Calls to the store that may be under way at once, however many tasks are waited for. */
const MOST_AT_ONCE = 32;

/** Looks after tasks for those who wait for their end: at once, when told to, and with a growing pause from 50 ms to 1 s. All share one timer. */
export class LookOut {
  readonly #reader: Pick<TaskReader, 'find'>;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #watched = new Map<string, Watched>();
  #next: Watched[] = [];
  #underWay = 0;

  constructor(reader: Pick<TaskReader, 'find'>, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
    this.#deadlines = new Deadlines(clock);
  }

  get isIdle(): boolean {
    return this.#watched.size === 0;
  }

  watch(key: TaskKey, onlooker: Onlooker): void {
    const name = nameOf(key);
    let watched = this.#watched.get(name);
    if (!watched) {
      const { labourer, id } = key;
      const gone = new AbortController();
      watched = { key: { labourer, id }, onlookers: new Set(), gone, pause: SHORTEST, look: undefined, asked: 'no', trouble: undefined };
      this.#watched.set(name, watched);
      this.#lookAt(watched);
    }
    watched.onlookers.add(onlooker);
  }

  /** @returns why the store could not be asked the last time, if it could not */
  leave(key: TaskKey, onlooker: Onlooker): unknown {
    const watched = this.#watched.get(nameOf(key));
    watched?.onlookers.delete(onlooker);
    if (watched?.onlookers.size === 0) this.#forget(watched);
    return watched?.trouble;
  }

  /** Something happened to this task: if somebody waits for it, it is looked at now. */
  hint(key: TaskKey): void {
    const watched = this.#watched.get(nameOf(key));
    if (!watched) return;
    if (watched.asked === 'no') this.#lookAt(watched);
    else watched.asked = 'again';
  }

  /** Calls back at an instant, on the timer that all share. */
  at(instant: EpochMs, act: () => void): () => void {
    if (!Number.isFinite(instant)) return () => {};
    const deadline = this.#deadlines.add(instant, act);
    return () => this.#deadlines.cancel(deadline);
  }

  failAll(error: unknown): void {
    for (const watched of this.#watched.values()) this.#end(watched, (onlooker) => onlooker.failed(error));
  }

  #lookAt(watched: Watched): void {
    if (watched.look) this.#deadlines.cancel(watched.look);
    watched.look = undefined;
    watched.asked = 'yes';
    this.#next.push(watched);
    this.#askNext();
  }

  #askNext(): void {
    while (this.#underWay < MOST_AT_ONCE) {
      const watched = this.#next.shift();
      if (!watched) return;
      if (watched.gone.signal.aborted) continue;
      this.#underWay += 1;
      void this.#ask(watched).finally(() => {
        this.#underWay -= 1;
        this.#askNext();
      });
    }
  }

  async #ask(watched: Watched): Promise<void> {
    const { key, gone } = watched;
    // What happens from here on may come after the answer.
    watched.asked = 'yes';
    let task: TaskRecord | undefined;
    try {
      task = await inTime(this.#clock, 'find', () => this.#reader.find(key), gone.signal);
      watched.trouble = undefined;
    } catch (error) {
      if (gone.signal.aborted) return;
      if (!ReeveError.is(error) || error.kind !== 'unavailable') return this.#end(watched, (onlooker) => onlooker.failed(error));
      // A store that is down for a moment fails nobody who has time to wait.
      watched.trouble = error;
      return this.#lookLater(watched);
    }
    if (gone.signal.aborted) return;
    if (!task) return this.#end(watched, (onlooker) => onlooker.failed(unknownTask(key)));
    if (task.state === 'queued' || task.state === 'running') return this.#lookLater(watched);
    const ended: EndedTask = task;
    this.#end(watched, (onlooker) => onlooker.ended(ended));
  }

  #lookLater(watched: Watched): void {
    if (watched.asked === 'again') {
      this.#lookAt(watched);
      return;
    }
    watched.asked = 'no';
    // Up to the next full 50 ms, so that many are looked at when the timer goes off.
    const at = Math.ceil((this.#clock.now() + watched.pause) / SHORTEST) * SHORTEST;
    watched.look = this.#deadlines.add(at, () => this.#lookAt(watched));
    watched.pause = Math.min(LONGEST, watched.pause * GROWTH);
  }

  #end(watched: Watched, tell: (onlooker: Onlooker) => void): void {
    this.#forget(watched);
    for (const onlooker of watched.onlookers) tell(onlooker);
  }

  #forget(watched: Watched): void {
    if (watched.look) this.#deadlines.cancel(watched.look);
    this.#watched.delete(nameOf(watched.key));
    over(watched.gone);
    if (this.#next.length > 0) this.#next = this.#next.filter((each) => each !== watched);
  }
}

/** A control character is in no id. */
const nameOf = ({ labourer, id }: TaskKey): string => `${labourer}\n${id}`;

const unknownTask = ({ labourer, id }: TaskKey): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'TASK_UNKNOWN',
    message: `id: ${labourer} has no task ${JSON.stringify(id.slice(0, 128))}, or it has ended and is not kept any more`,
  });
