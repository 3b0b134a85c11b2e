import { ReeveError } from '../../errors.ts';
import type { Entry } from '../../ports/register.ts';
import { inTime } from '../in-time.ts';
import { oneEach } from '../one-each.ts';
import { busy, changeOf, contentOf, hasWritten, MOST_TRIES, restAfter } from '../shared-entry.ts';
import { type ScheduleBookParts, scheduleEntry } from './schedule-book.ts';

interface Index {
  readonly v: 1;
  readonly names: readonly string[];
}

const NAME = 'schedules';
/** One entry names them all, and takes 64 KiB. */
const MOST_BYTES = 60 * 1024;

/** The names of the schedules that no code defines: a register cannot be listed. */
export class ScheduleIndex {
  readonly #parts: ScheduleBookParts;

  constructor(parts: ScheduleBookParts) {
    this.#parts = parts;
  }

  async names(signal?: AbortSignal): Promise<readonly string[]> {
    return namesOf(await this.#look(NAME, signal));
  }

  /** @throws ReeveError INVALID_SCHEDULE: there is no room for it */
  async checkRoom(name: string): Promise<void> {
    withName(await this.names(), name);
  }

  /**
   * Names it; call it when its entry is written. The index is written also where it has the name: whoever strikes that out has read the
   * index before, finds it changed, and looks again whether there is an entry. If this process dies before, the entry is not heard of, and
   * whoever asked for it got no answer.
   */
  add(name: string): Promise<void> {
    return this.#change(async (names) => withName(names, name));
  }

  /** Strikes a name out if it has no entry. The index is read before the entry: see `add`. */
  strike(name: string): Promise<void> {
    return this.#change(async (names) => {
      if (!names.includes(name) || (await this.#look(scheduleEntry(name)))) return undefined;
      return names.filter((each) => each !== name);
    });
  }

  async #change(decide: (names: readonly string[]) => Promise<readonly string[] | undefined>): Promise<void> {
    const { register, clock, chance } = this.#parts;
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const entry = await this.#look(NAME);
      const names = await decide(namesOf(entry));
      if (names === undefined) return;
      const value: Index = { v: 1, names };
      const change = changeOf(NAME, entry, { value }, chance);
      const { outcomes } = await inTime(clock, 'change', () => register.change([change]));
      const [outcome] = oneEach('change', 1, outcomes);
      if (outcome && hasWritten(outcome, change)) return;
      await restAfter(tries, this.#parts);
    }
    throw busy([NAME]);
  }

  async #look(name: string, signal?: AbortSignal): Promise<Entry | undefined> {
    const { register, clock } = this.#parts;
    return (await inTime(clock, 'look', () => register.look([name]), signal)).entries[0];
  }
}

const namesOf = (entry: Entry | undefined): readonly string[] => contentOf<Index>(entry)?.names ?? [];

const withName = (names: readonly string[], name: string): readonly string[] => {
  if (names.includes(name)) return names;
  const all = [...names, name];
  if (Buffer.byteLength(JSON.stringify(all)) <= MOST_BYTES) return all;
  const message = `name: there are ${names.length} schedules in the store, and their names fill its index; remove some, or define them in code`;
  throw new ReeveError({ kind: 'input', code: 'INVALID_SCHEDULE', message });
};
