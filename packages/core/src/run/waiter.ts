import { checkTaskId } from '../decide/check-task.ts';
import { decodeJson } from '../decide/encode-json.ts';
import type { Labourer } from '../domain/labourer.ts';
import { keyOf, type TaskKey } from '../domain/task.ts';
import { MINUTE, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import type { EventName, Events } from './events.ts';
import { fit } from './fit.ts';
import { type EndedTask, LookOut, type Onlooker } from './look-out.ts';

export interface WaitOptions {
  /** The longest to wait, in milliseconds; Infinity for ever. Default: a minute. */
  readonly timeout?: Millis;
  /** Ends the waiting with its own reason. */
  readonly signal?: AbortSignal;
}

export interface WaiterParts {
  readonly labourers: readonly Labourer[];
  readonly reader: Pick<TaskReader, 'find'>;
  readonly clock: Clock;
  readonly events: Events;
}

const ENDS = ['task.completed', 'task.dead', 'task.cancelled', 'task.dropped', 'task.aside'] as const satisfies readonly EventName[];

/**
 * Waits for tasks to end. What ends in this process is heard of at once, from its event; of what ends elsewhere the store is asked, with a
 * growing pause. While nobody waits, nobody listens and no timer is set.
 */
export class Waiter {
  readonly #parts: WaiterParts;
  readonly #byId: ReadonlyMap<string, Labourer>;
  readonly #lookOut: LookOut;
  #deafen: readonly (() => void)[] = [];

  constructor(parts: WaiterParts) {
    this.#parts = parts;
    this.#byId = new Map(parts.labourers.map((each) => [each.id, each]));
    this.#lookOut = new LookOut(parts.reader, parts.clock);
  }

  /**
   * The task as it ended: completed, dead, cancelled or dropped; or set aside, since no attempt of such a one is started either.
   * @throws ReeveError WAIT_TIMEOUT, TASK_UNKNOWN, INVALID_TIMEOUT, INVALID_TASK_ID; what the store throws, but for what a moment may mend
   */
  wait(key: TaskKey, { timeout = MINUTE, signal }: WaitOptions = {}): Promise<EndedTask> {
    return new Promise((resolve, reject) => {
      checkTaskId(key.id);
      checkTimeout(timeout);
      signal?.throwIfAborted();
      const leave = (): unknown => {
        expire();
        signal?.removeEventListener('abort', abort);
        const trouble = this.#lookOut.leave(key, onlooker);
        this.#hush();
        return trouble;
      };
      const onlooker: Onlooker = {
        ended: (task) => {
          leave();
          resolve(task);
        },
        failed: (error) => {
          leave();
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason of a signal may be anything, and is passed on as it is
          reject(error);
        },
      };
      const abort = (): void => onlooker.failed(signal?.reason);
      const expire = this.#lookOut.at(this.#parts.clock.now() + timeout, () => reject(timedOut(key, timeout, leave())));
      signal?.addEventListener('abort', abort, { once: true });
      this.#listen();
      this.#lookOut.watch(key, onlooker);
    });
  }

  /**
   * The result of a completed task, as the labourer's result schema makes it.
   * @throws ReeveError TASK_NOT_COMPLETED, whose cause has the state and the error; RESULT_REFUSED; and as `wait`
   */
  async result(key: TaskKey, options?: WaitOptions): Promise<unknown> {
    const task = await this.wait(key, options);
    if (task.state !== 'completed') throw notCompleted(task);
    const value = task.result === undefined ? undefined : decodeJson(task.result);
    const schema = this.#byId.get(key.labourer)?.result;
    if (!schema) return value;
    const answer = await fit(schema, value, 'result');
    if (answer.fits) return answer.value;
    const message = `${task.labourer}/${task.id} completed, and its result does not fit the schema: ${answer.problem}`;
    throw new ReeveError({ kind: 'task', code: 'RESULT_REFUSED', message });
  }

  /** Nobody waits any longer. */
  close(): void {
    const message = 'the waiting was ended: this composition is closed; its tasks go on';
    this.#lookOut.failAll(new ReeveError({ kind: 'unavailable', code: 'WAIT_ENDED', message }));
  }

  #listen(): void {
    if (this.#deafen.length > 0) return;
    const { events } = this.#parts;
    this.#deafen = ENDS.map((name) => events.on(name, (task: TaskKey) => this.#lookOut.hint(task)));
  }

  /** Events that nobody listens to cost nothing, and there are several for each task. */
  #hush(): void {
    if (!this.#lookOut.isIdle) return;
    for (const deafen of this.#deafen) deafen();
    this.#deafen = [];
  }
}

const checkTimeout = (timeout: unknown): void => {
  if (typeof timeout === 'number' && timeout > 0) return;
  const shown = typeof timeout === 'number' || timeout === null ? String(timeout) : typeof timeout;
  const message = `timeout: ${shown} is no time to wait; give milliseconds, more than 0, or Infinity`;
  throw new ReeveError({ kind: 'input', code: 'INVALID_TIMEOUT', message });
};

/** @param trouble why the store could not be asked the last time */
const timedOut = (key: TaskKey, timeout: Millis, trouble: unknown): ReeveError => {
  const { labourer, id } = keyOf(key);
  const why = trouble === undefined ? 'has not ended' : 'could not be asked for';
  return new ReeveError({
    kind: 'unavailable',
    code: 'WAIT_TIMEOUT',
    message: `${labourer}/${id} ${why} within ${timeout} ms; it goes on: wait again, or longer`,
    cause: trouble,
  });
};

const notCompleted = (task: Exclude<EndedTask, { readonly state: 'completed' }>): ReeveError => {
  const { labourer, id, state } = task;
  const error = task.state === 'dead' ? task.error : task.state === 'aside' ? task.problem : undefined;
  return new ReeveError({
    kind: 'task',
    code: 'TASK_NOT_COMPLETED',
    message: `${labourer}/${id} ended ${state === 'aside' ? 'set aside' : state}${error === undefined ? '' : `: ${error}`}`,
    cause: { state, ...(error !== undefined && { error }) },
  });
};
