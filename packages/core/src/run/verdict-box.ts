import { boundError } from '../decide/bound-text.ts';
import { type Outcome, refOf, type Verdict } from '../domain/task.ts';
import { ReeveError } from '../errors.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { INTERRUPTED } from './dispatcher.ts';
import type { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';
import { Together } from './together.ts';

/** Gives verdicts to the store, those that fall within one turn of the event loop together. */
export class VerdictBox {
  readonly #together: Together<Verdict, Outcome>;

  constructor(store: Pick<TaskStore, 'settle'>, announce: (verdict: Verdict, outcome: Outcome) => void) {
    this.#together = new Together('settle', (verdicts) => store.settle(verdicts), announce);
  }

  /** @throws what the store throws: whether the verdict was applied is then unknown, and giving it again is safe */
  settle(verdict: Verdict): Promise<Outcome> {
    return this.#together.ask(verdict);
  }

  /**
   * The same on behalf of a worker that cannot be told. If what it reported is too long for the store, the task is dead and
   * says so: another attempt would bring the same.
   */
  async settleOrBury(verdict: Verdict): Promise<Outcome> {
    try {
      return await this.settle(verdict);
    } catch (error) {
      if (verdict.kind !== 'completed' || !isTooLong(error)) throw error;
      return this.settle({ ...refOf(verdict), kind: 'dead', error: `its report could not be kept: ${boundError(error)}` });
    }
  }
}

export const isTooLong = (error: unknown): boolean => ReeveError.is(error, 'PAYLOAD_TOO_LARGE');

/** Tells the world what became of a verdict. */
export const announcer =
  (events: Events, doorbell: Doorbell) =>
  (verdict: Verdict, outcome: Outcome): void => {
    const task = taskOf(verdict);
    if (outcome === 'cancelled') {
      events.emit('task.cancelled', task);
      doorbell.ring(verdict.labourer); // a place is free
      return;
    }
    if (outcome !== 'applied') {
      events.emit('verdict.refused', { ...task, kind: verdict.kind, outcome });
      return;
    }
    if (events.hears('attempt.ended') && isCounted(verdict))
      events.emit('attempt.ended', { ...task, failed: verdict.kind !== 'completed' });
    switch (verdict.kind) {
      case 'completed':
        events.emit('task.completed', task);
        break;
      case 'retry':
        events.emit('task.retried', { ...task, error: verdict.error, after: verdict.after });
        break;
      case 'dead':
        events.emit('task.dead', { ...task, error: verdict.error });
        break;
      case 'released':
        events.emit('task.released', { ...task, reason: 'given back before it started' });
        break;
    }
    doorbell.ring(verdict.labourer); // a place is free
  };

/** What was given back before it started says nothing, nor does what was stopped with its process. */
const isCounted = (verdict: Verdict): boolean =>
  verdict.kind !== 'released' && !(verdict.kind === 'retry' && verdict.error === INTERRUPTED);
