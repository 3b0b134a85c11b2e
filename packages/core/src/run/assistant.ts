import { boundError } from '../decide/bound-text.ts';
import { checkLabourer } from '../decide/check-labourer.ts';
import { checkRef } from '../decide/check-ref.ts';
import { checkJsonText, encodeJson } from '../decide/encode-json.ts';
import { needed } from '../decide/needed.ts';
import { checkDelivery, readMessage } from '../decide/read-message.ts';
import { type Labourer, leaseLength } from '../domain/labourer.ts';
import type { ArrivedAttempt, MessageAnswer } from '../domain/message.ts';
import { type AttemptRef, type Outcome, refOf } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { Report } from '../ports/invoker.ts';
import type { Register } from '../ports/register.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import type { Renewal, RenewOutcome, TaskStore } from '../ports/task-store.ts';
import { verdictOf } from './dispatcher.ts';
import { Doorbell } from './doorbell.ts';
import { Events, taskOf } from './events.ts';
import { type Start, StartGate } from './start-gate.ts';
import { Together } from './together.ts';
import { announcer, VerdictBox } from './verdict-box.ts';

export interface AssistantParts {
  readonly labourers: readonly Labourer[];
  readonly store: TaskStore;
  readonly reader: TaskReader;
  readonly chance: Chance;
  /** For the start gate, which is kept where all processes see it. */
  readonly register?: Pick<Register, 'change'> | undefined;
  readonly events?: Events;
  readonly doorbell?: Doorbell;
  /** The longest result or statistics text, in bytes of UTF-8. Default 256 KiB. */
  readonly maxResultBytes?: number;
}

export interface Failure {
  readonly error: unknown;
  /** False: no further attempt can help. Default true. */
  readonly retryable?: boolean;
  /** Instead of the labourer's retry policy. */
  readonly retryAfter?: Millis;
}

/** `cancelled`: the task is to be cancelled, and any report of its worker ends it. Absent: another attempt may have started. */
export type Heartbeat = { readonly alive: true; readonly deadline: EpochMs } | { readonly alive: false; readonly cancelled?: true };

/**
 * What workers report to. A report names its attempt by the token that came with it; any other is `stale` and changes
 * nothing. Reports that arrive together go to the store together.
 */
export class Assistant {
  readonly #parts: AssistantParts;
  readonly #byId: ReadonlyMap<string, Labourer>;
  readonly #events: Events;
  readonly #verdicts: VerdictBox;
  readonly #renewals: Together<Renewal, RenewOutcome>;
  readonly #gate: StartGate | undefined;

  constructor(parts: AssistantParts) {
    this.#parts = parts;
    this.#byId = new Map(parts.labourers.map((each) => [each.id, each]));
    this.#events = parts.events ?? new Events();
    this.#verdicts = new VerdictBox(parts.store, announcer(this.#events, parts.doorbell ?? new Doorbell()));
    this.#renewals = new Together('renew', (renewals) => parts.store.renew(renewals));
    const { register, reader, chance } = parts;
    this.#gate = register && new StartGate({ register, reader, chance, guard: parts.store.capabilities.clockGuard });
  }

  /**
   * Takes what a worker sent, as an object or as JSON text; of a text, result and statistics keep every digit.
   * @throws ReeveError INVALID_MESSAGE, and as `start`, `heartbeat`, `done` and `failed` do: nothing was changed
   */
  async receive(message: unknown): Promise<MessageAnswer> {
    try {
      const read = readMessage(message, this.#maxBytes);
      const { attempt } = read;
      switch (read.reeve) {
        case 'start':
          return await this.start(attempt, read.delivery);
        case 'heartbeat': {
          const answer = await this.heartbeat(attempt);
          return answer.alive ? { ...answer, left: leaseLength(this.#labourerOf(attempt)) } : answer;
        }
        case 'done': {
          const { result, stats } = read;
          const texts = { ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
          return { outcome: await this.#report(attempt, { kind: 'done', ...texts }) };
        }
        case 'failed':
          return { outcome: await this.failed(attempt, read) };
      }
    } catch (error) {
      if (ReeveError.is(error) && error.kind === 'input') this.#events.emit('message.refused', { error });
      throw error;
    }
  }

  /**
   * May this delivery of the attempt begin? Of several deliveries of one attempt one may. It costs a read and a small write.
   * @param attempt as it came to the worker
   * @param delivery new for each delivery: 1 to 64 characters. Who asks again with the same one, since no answer came, is answered the same
   * @throws ReeveError PART_MISSING (the composition has no Register), UNKNOWN_LABOURER, INVALID_ATTEMPT, INVALID_MESSAGE: nothing was written
   */
  async start(attempt: ArrivedAttempt, delivery: string): Promise<Start> {
    const labourer = this.#labourerOf(checkRef(attempt));
    const answer = await needed(this.#gate, 'Register', 'start').ask(labourer, attempt, checkDelivery(delivery));
    if (!answer.begin) this.#events.emit('start.refused', { ...taskOf(attempt), why: answer.why });
    return answer;
  }

  /**
   * The work is done.
   * @param outcome what is kept with the closed task; values that JSON can carry
   * @throws ReeveError PAYLOAD_NOT_JSON, PAYLOAD_TOO_LARGE (of `result` or `stats`), UNKNOWN_LABOURER, INVALID_ATTEMPT: nothing was changed
   */
  async done(attempt: AttemptRef, outcome: { readonly result?: unknown; readonly stats?: unknown } = {}): Promise<Outcome> {
    const maxBytes = this.#maxBytes;
    const { result, stats } = outcome;
    return this.#report(attempt, {
      kind: 'done',
      ...(result !== undefined && { result: encodeJson(result, { what: 'result', maxBytes }) }),
      ...(stats !== undefined && { stats: encodeJson(stats, { what: 'stats', maxBytes }) }),
    });
  }

  /** The work failed: queued again after the labourer's policy, or dead. */
  async failed(attempt: AttemptRef, { error, retryable, retryAfter }: Failure): Promise<Outcome> {
    return this.#report(attempt, {
      kind: 'failed',
      error: boundError(error),
      ...(retryable !== undefined && { retryable }),
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }

  /** The work goes on: the lease has its full length again from now. `alive: false`: the work must stop. */
  async heartbeat(attempt: AttemptRef): Promise<Heartbeat> {
    const labourer = this.#labourerOf(checkRef(attempt));
    const answer = await this.#renewals.ask({ ...refOf(attempt), lease: leaseLength(labourer) });
    if (answer.kind === 'renewed') return { alive: true, deadline: answer.deadline };
    return { alive: false, ...(answer.kind === 'cancelled' && { cancelled: true }) };
  }

  /**
   * As `done` and `failed`, with result and statistics as JSON texts.
   * @throws ReeveError as `done`
   */
  async report(attempt: AttemptRef, report: Report): Promise<Outcome> {
    const maxBytes = this.#maxBytes;
    if (report.kind !== 'done') return this.#report(attempt, report);
    const { result, stats } = report;
    return this.#report(attempt, {
      kind: 'done',
      ...(result !== undefined && { result: checkJsonText(result, { what: 'result', maxBytes }) }),
      ...(stats !== undefined && { stats: checkJsonText(stats, { what: 'stats', maxBytes }) }),
    });
  }

  async #report(attempt: AttemptRef, report: Report): Promise<Outcome> {
    const labourer = this.#labourerOf(checkRef(attempt));
    if (report.kind === 'done') return this.#verdicts.settle(verdictOf(labourer, { ...attempt, attempt: 0 }, report, 0, this.#events));
    // Which attempt it is decides between retry and dead, and a worker's word for that counts for nothing. The token may
    // change hands between this reading and the verdict: the store compares it again.
    const task = await this.#parts.reader.find(attempt);
    if (task?.state !== 'running' || task.token !== attempt.token) {
      // Not this attempt's to decide, whatever the verdict: the store says whether it is a repetition.
      const error = boundError(report.error);
      return this.#verdicts.settle(
        task?.state === 'dead' ? { ...refOf(attempt), kind: 'dead', error } : { ...refOf(attempt), kind: 'retry', after: 0, error },
      );
    }
    const lease = { ...attempt, attempt: task.attempts };
    return this.#verdicts.settle(verdictOf(labourer, lease, report, this.#parts.chance.random(), this.#events));
  }

  get #maxBytes(): number {
    return this.#parts.maxResultBytes ?? 256 * 1024;
  }

  #labourerOf({ labourer }: AttemptRef): Labourer {
    return this.#byId.get(checkLabourer(labourer, this.#byId, 'attempt.')) as Labourer;
  }
}
