import { createHash } from 'node:crypto';
import type { JsonText } from '../domain/json.ts';
import { type Labourer, leaseLength } from '../domain/labourer.ts';
import type { ArrivedAttempt, MessageAnswer } from '../domain/message.ts';
import { DAY, type EpochMs, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { Change, Register, Written } from '../ports/register.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import { Together } from './together.ts';

/** Whether a delivery of an attempt may begin. */
export type Start = Extract<MessageAnswer, { readonly begin: boolean }>;

export interface StartGateParts {
  readonly reader: Pick<TaskReader, 'find'>;
  readonly register: Pick<Register, 'change'>;
  readonly chance: Pick<Chance, 'id'>;
  /** How far apart the clocks may be by which entries are forgotten: 0 with a server's. */
  readonly guard: Millis;
}

interface Entered {
  /** Of the entry that lies there now. */
  readonly stamp: string;
  /** It bears the name of this delivery. */
  readonly isOwn: boolean;
  readonly at: EpochMs;
}

interface Answered {
  readonly written: Written;
  readonly at: EpochMs;
}

/** An entry may be forgotten between being met and being read; not many times in a row. */
const MOST_TRIES = 5;

/**
 * Of several deliveries of one attempt lets one begin. Lambda delivers an event at least once; what runs it twice would do the work twice.
 *
 * First the task is read, so that a forged or an old token writes nothing. Then the delivery's name is written into an entry of the
 * register that belongs to the attempt, if there is none; who finds another's name there does not begin. What can come between, and after:
 * - another delivery, at any point: of those that expect no entry, one is told that it wrote it (G2);
 * - the end of the lease, and with it another attempt: the register's own instant tells, and this delivery does not begin;
 * - a verdict: it takes a delivery that has begun, whose entry is there, or somebody who cannot know the token;
 * - a cancellation: its heartbeat tells the worker, as if it had come a moment later;
 * - the end of the entry, while heartbeats keep the lease alive: the entry outlasts the lease as it was claimed, and no delivery begins
 *   after that, however long the lease is by now. Who does not send back when that was has an entry for a day instead;
 * - the death of whoever was let in, or the loss of the answer: nobody else begins, the lease runs out, and the next attempt has another
 *   token and so another entry. Who asks again under the same name meets its own and is let in.
 */
export class StartGate {
  readonly #parts: StartGateParts;
  readonly #changes: Together<Change, Answered>;

  constructor(parts: StartGateParts) {
    this.#parts = parts;
    this.#changes = new Together('change', async (changes) => {
      const { outcomes, at } = await parts.register.change(changes);
      return outcomes.map((written) => ({ written, at }));
    });
  }

  /** @throws what the store throws: whether this delivery was let in is then unknown, and asking again under the same name is safe */
  async ask(labourer: Labourer, attempt: ArrivedAttempt, delivery: string): Promise<Start> {
    const task = await this.#parts.reader.find(attempt);
    if (task?.state !== 'running' || task.token !== attempt.token) return { begin: false, why: 'over' };
    if (task.cancelling) return { begin: false, why: 'cancelled' };
    const latest = Math.min(task.deadline, attempt.deadline ?? task.deadline);
    const keep = Math.max(leaseLength(labourer), attempt.deadline === undefined ? DAY : 0) + this.#parts.guard;
    const { stamp, isOwn, at } = await this.#enter(attempt, delivery, keep);
    if (!isOwn) return { begin: false, why: 'started' };
    if (at >= latest) return { begin: false, why: 'over' };
    // The labourer's lease was longer when this one was claimed.
    if (at + keep < latest)
      await this.#write({ ...entryOf(attempt, delivery), stamp: this.#parts.chance.id(), expected: stamp, keep: latest - at });
    return { begin: true, deadline: task.deadline, left: task.deadline - at };
  }

  async #enter(attempt: ArrivedAttempt, delivery: string, keep: Millis): Promise<Entered> {
    const change = { ...entryOf(attempt, delivery), stamp: this.#parts.chance.id(), expected: null, keep };
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { written, at } = await this.#write(change);
      if (written.kind === 'written') return { stamp: change.stamp, isOwn: true, at };
      // By its name and not by its stamp: who asks again makes another change.
      if (written.entry) return { stamp: written.entry.stamp, isOwn: written.entry.value === change.value, at };
    }
    throw new ReeveError({
      kind: 'contract',
      code: 'STORE_BROKE_CONTRACT',
      message: 'start: the register says that something lies there, and not what; run the kit of @reeve/testkit against it',
    });
  }

  #write(change: Change): Promise<Answered> {
    return this.#changes.ask(change);
  }
}

/** The attempt by its digest: the token is a secret, and the three together may be longer than a name. */
const entryOf = ({ labourer, id, token }: ArrivedAttempt, delivery: string): { readonly name: string; readonly value: JsonText } => ({
  name: `start:${createHash('sha256')
    .update(JSON.stringify([labourer, id, token]))
    .digest('hex')}`,
  value: JSON.stringify(delivery) as JsonText,
});
