import type { JsonText } from '../domain/json.ts';
import { type EpochMs, type Millis, SECOND } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change, Entry, Register, Written } from '../ports/register.ts';
import { elapsed } from './elapsed.ts';
import { inTime } from './in-time.ts';

export interface SharedEntryParts {
  readonly register: Register;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** What a change comes to: the value to keep (`null`: none; absent: leave it as it is), and for how long. */
export interface Decided<Value, Answer> {
  readonly value?: Value | null;
  readonly keep?: Millis;
  readonly answer: Answer;
}

interface Known {
  readonly entry: Entry | undefined;
  /** The store's instant, and how far time had elapsed here when the answer was. */
  readonly at: EpochMs;
  readonly heardAt: Millis;
}

/**
 * So long what is known of the entry is worth a try, and the store's clock is told from the time that has elapsed here. Not by this process's
 * clock: set back by just so much, it would take an old instant for this one, and more could start than the rate says.
 */
const FRESH: Millis = SECOND;

/** Others came in between so often: something is wrong, or it is no place for so many. */
export const MOST_TRIES = 100;

/**
 * One entry of the register, changed by comparing and setting until nobody came in between. Within a process one change waits for the
 * other: two that race each other would only lose time.
 */
export class SharedEntry<Value> {
  readonly #name: string;
  readonly #parts: SharedEntryParts;
  #known: Known | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: string, parts: SharedEntryParts) {
    this.#name = name;
    this.#parts = parts;
  }

  /** What lies there now. @param signal ends the waiting for an answer */
  async look(signal?: AbortSignal): Promise<Value | undefined> {
    return contentOf<Value>((await this.#look(signal)).entry);
  }

  /**
   * @param decide what to make of what lies there; it may be asked several times, and has no effect but its answer
   * @throws what the register throws: whether it was changed is then unknown
   */
  update<Answer>(decide: (value: Value | undefined, now: EpochMs) => Decided<Value, Answer>): Promise<Answer> {
    const turn = this.#last.then(() => this.#update(decide));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #update<Answer>(decide: (value: Value | undefined, now: EpochMs) => Decided<Value, Answer>): Promise<Answer> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      // What is known may be old: then a change is stale, and its answer says what lies there. To change nothing takes a look.
      const known = this.#fresh();
      const { entry, at, heardAt } = known ?? (await this.#look());
      // No later than the store's own instant: since its answer was here, as much time has passed there as here.
      const now = at + Math.max(0, elapsed(this.#parts.clock) - heardAt);
      const { value, keep, answer } = decide(contentOf<Value>(entry), now);
      if (value === undefined) {
        if (!known) return answer;
        this.#known = undefined;
        continue;
      }
      if (await this.#write(changeOf(this.#name, entry, { value, ...(keep !== undefined && { keep }) }, this.#parts.chance))) return answer;
      await restAfter(tries, this.#parts);
    }
    throw busy([this.#name]);
  }

  async #write(change: Change): Promise<boolean> {
    const { register, clock } = this.#parts;
    try {
      const { outcomes, at } = await inTime(clock, 'change', () => register.change([change]));
      const [outcome] = outcomes;
      const isWritten = outcome !== undefined && hasWritten(outcome, change);
      const { value, stamp } = change;
      const written = value === undefined ? undefined : { value, stamp };
      const there = outcome?.kind === 'stale' ? outcome.entry : undefined;
      this.#known = { entry: isWritten ? written : there, at, heardAt: elapsed(clock) };
      return isWritten;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  #fresh(): Known | undefined {
    const known = this.#known;
    const age = known && elapsed(this.#parts.clock) - known.heardAt;
    return age !== undefined && age >= 0 && age <= FRESH ? known : undefined;
  }

  async #look(signal?: AbortSignal): Promise<Known> {
    const { register, clock } = this.#parts;
    const { entries, at } = await inTime(clock, 'look', () => register.look([this.#name]), signal);
    this.#known = { entry: entries[0], at, heardAt: elapsed(clock) };
    return this.#known;
  }
}

/** The change that puts a value (`null`: none) in the place of what lies there. */
export const changeOf = <Value>(
  name: string,
  there: Entry | undefined,
  { value, keep }: { readonly value: Value | null; readonly keep?: Millis },
  chance: Chance,
): Change => ({
  name,
  stamp: chance.id(),
  expected: there?.stamp ?? null,
  ...(value !== null && { value: JSON.stringify(value) as JsonText }),
  ...(keep !== undefined && { keep }),
});

/** The first tries follow at once; later ones keep out of each other's way. */
export const restAfter = async (tries: number, { clock, chance }: Pick<SharedEntryParts, 'clock' | 'chance'>): Promise<void> => {
  if (tries > 2) await clock.sleep(chance.random() * Math.min(50, 2 ** tries));
};

export const busy = (names: readonly string[]): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'REGISTER_BUSY',
    message: `${names.join(', ')}: others changed it ${MOST_TRIES} times in between; fewer processes, or limits that are shared less widely, would help`,
  });

/** A client that repeats by itself may hear that its own change was in the way. */
export const hasWritten = (outcome: Written, { stamp }: Pick<Change, 'stamp'>): boolean =>
  outcome.kind === 'written' || outcome.entry?.stamp === stamp;

export const contentOf = <Value>(entry: Entry | undefined): Value | undefined => (entry ? (JSON.parse(entry.value) as Value) : undefined);
