import { boundError } from '../decide/bound-text.ts';
import { checkTaskKey, checkWait } from '../decide/check-operation.ts';
import { encodeJson } from '../decide/encode-json.ts';
import { needed } from '../decide/needed.ts';
import type { JsonText } from '../domain/json.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { TaskKey } from '../domain/task.ts';
import { MINUTE } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { BuryOutcome, CancelOutcome, Operator, Redrive, RedriveOutcome, ReplaceOutcome } from '../ports/operator.ts';
import type { Register } from '../ports/register.ts';
import type { StoreCapabilities } from '../ports/task-store.ts';
import { cancelEntry } from './cancel-watch.ts';
import type { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';
import { refuseMisfits } from './fit.ts';
import { oneEach } from './one-each.ts';

export interface ForemanParts {
  readonly labourers: readonly Labourer[];
  readonly store: { readonly capabilities: Pick<StoreCapabilities, 'maxPayloadBytes'> };
  readonly operator: Operator | undefined;
  /** Absent: workers in other processes hear of a cancellation with their next heartbeat. */
  readonly register: Pick<Register, 'change'> | undefined;
  readonly chance: Chance;
  readonly events: Events;
  readonly doorbell: Doorbell;
  /** As of the Enqueuer. */
  readonly maxPayloadBytes?: number;
}

export interface ToBury extends TaskKey {
  /** What is kept with the task as its error: a text, or whatever was thrown. */
  readonly error: unknown;
}

export interface ToReplace extends TaskKey {
  /** A value that JSON can carry. */
  readonly payload: unknown;
}

/** Tasks of one call to the store. */
const PAGE = 500;

/** How long after a cancellation workers are looked at that began before it: much longer than the pause between two looks. */
const WORD_LASTS = 60 * MINUTE;

/** What a person does to tasks, or a program on their behalf. All of a call are checked before the first is changed. */
export class Foreman {
  readonly #parts: ForemanParts;
  readonly #known: ReadonlySet<string>;

  constructor(parts: ForemanParts) {
    this.#parts = parts;
    this.#known = new Set(parts.labourers.map(({ id }) => id));
  }

  /** @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID: nothing was changed */
  async cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> {
    const { events, doorbell } = this.#parts;
    const operator = needed(this.#parts.operator, 'Operator', 'cancel');
    const asked = keys.map((each, n) => checkTaskKey(each, this.#known, placeOf('keys', n, keys)));
    return inPages(
      'cancel',
      asked,
      (page) => operator.cancel(page),
      async (page, outcomes) => {
        const running = page.filter((_, n) => outcomes[n] === 'cancelling');
        page.forEach((key, n) => {
          if (outcomes[n] === 'cancelled') events.emit('task.cancelled', key);
        });
        for (const key of running) doorbell.cancel(key);
        await this.#tellOthers(running);
      },
    );
  }

  /** @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID: nothing was changed */
  async bury(burials: readonly ToBury[]): Promise<readonly BuryOutcome[]> {
    const { events } = this.#parts;
    const operator = needed(this.#parts.operator, 'Operator', 'bury');
    const asked = burials.map((each, n) => {
      const key = checkTaskKey(each, this.#known, placeOf('burials', n, burials));
      return { ...key, error: boundError(each.error) };
    });
    return inPages(
      'bury',
      asked,
      (page) => operator.bury(page),
      (page, outcomes) => {
        page.forEach((each, n) => {
          if (outcomes[n] === 'buried') events.emit('task.dead', { ...taskOf(each), error: each.error });
        });
      },
    );
  }

  /** @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID, INVALID_DUE: nothing was changed */
  async redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> {
    const { events, doorbell } = this.#parts;
    const operator = needed(this.#parts.operator, 'Operator', 'redrive');
    const asked = redrives.map((each, n): Redrive => {
      const place = placeOf('redrives', n, redrives);
      const key = checkTaskKey(each, this.#known, place);
      return { ...key, ...(each.after !== undefined && { after: checkWait(each.after, `${place}after`) }) };
    });
    return inPages(
      'redrive',
      asked,
      (page) => operator.redrive(page),
      (page, outcomes) => {
        const queued = page.filter((_, n) => outcomes[n] === 'queued');
        for (const { after = 0, ...key } of queued) events.emit('task.redriven', { ...key, after });
        for (const labourer of labourersOf(queued)) doorbell.ring(labourer);
      },
    );
  }

  /**
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE,
   * PAYLOAD_REFUSED: nothing was changed
   */
  async replace(replacements: readonly ToReplace[]): Promise<readonly ReplaceOutcome[]> {
    const { store, maxPayloadBytes = 1024 * 1024 } = this.#parts;
    const operator = needed(this.#parts.operator, 'Operator', 'replace');
    const maxBytes = Math.min(maxPayloadBytes, store.capabilities.maxPayloadBytes);
    const asked = replacements.map((each, n) => {
      const place = placeOf('replacements', n, replacements);
      const key = checkTaskKey(each, this.#known, place);
      return { ...key, payload: encodeJson(each.payload, { what: `${place}payload`, maxBytes }) };
    });
    for (const { id, schema } of this.#parts.labourers) {
      if (!schema) continue;
      const own = asked.map((each, n) => ({ ...each, n })).filter(({ labourer }) => labourer === id);
      await refuseMisfits(schema, own, (n) => placeOf('replacements', own[n]?.n ?? n, replacements));
    }
    return inPages('replace', asked, (page) => operator.replace(page));
  }

  /**
   * That it was asked for is known to the store by now, and each attempt hears of it with its next heartbeat. This is for those that
   * have none, so a failure is told and no more: asking again for the same cancellations says it again.
   */
  async #tellOthers(running: readonly TaskKey[]): Promise<void> {
    const { register, chance, events } = this.#parts;
    if (!register || running.length === 0) return;
    const stamp = chance.id();
    const changes = labourersOf(running).map((each) => ({ name: cancelEntry(each), value: 'true' as JsonText, stamp, keep: WORD_LASTS }));
    await register.change(changes).catch((error: unknown) => events.emit('store.failed', { error }));
  }
}

/** What comes before a field in messages; with one there is nothing to tell it from. */
const placeOf = (list: string, n: number, { length }: readonly unknown[]): string => (length === 1 ? '' : `${list}[${n}].`);

const labourersOf = (keys: readonly TaskKey[]): readonly string[] => [...new Set(keys.map(({ labourer }) => labourer))];

/** What was done with each page is told before the next is asked for: if the store fails then, nothing that happened goes untold. */
const inPages = async <Ask, Answer>(
  verb: string,
  asked: readonly Ask[],
  call: (page: readonly Ask[]) => Promise<readonly Answer[]>,
  onAnswers: (page: readonly Ask[], answers: readonly Answer[]) => unknown = () => {},
): Promise<readonly Answer[]> => {
  const all: Answer[] = [];
  for (let from = 0; from < asked.length; from += PAGE) {
    const page = asked.slice(from, from + PAGE);
    const answers = oneEach(verb, page.length, await call(page));
    await onAnswers(page, answers);
    all.push(...answers);
  }
  return all;
};
