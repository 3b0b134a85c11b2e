import { type Kept, readKept } from '../../decide/schedules/entry.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Entry, Register } from '../../ports/register.ts';
import { inTime } from '../in-time.ts';
import { oneEach } from '../one-each.ts';
import { changeOf, hasWritten } from '../shared-entry.ts';

export interface ScheduleBookParts {
  readonly register: Register;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** What lies in the register under one name. */
export interface Page {
  readonly name: string;
  readonly entry: Entry | undefined;
}

export interface PagesLooked {
  readonly pages: readonly Page[];
  readonly at: Instant;
}

/** An instant of the store, and this process's before it was asked and when it was told. */
export interface Instant {
  readonly at: EpochMs;
  readonly askedAt: EpochMs;
  readonly heardAt: EpochMs;
}

export interface Turned {
  /** This change was made; of several who found the same page, by this one alone. */
  readonly isWritten: boolean;
  /** What lies there now. */
  readonly page: Page;
  readonly at: Instant;
}

const PAGES_PER_LOOK = 100;

export const scheduleEntry = (name: string): string => `schedule:${name}`;

/** The pages of schedules in the register, each changed by comparing and setting. */
export class ScheduleBook {
  readonly #parts: ScheduleBookParts;

  constructor(parts: ScheduleBookParts) {
    this.#parts = parts;
  }

  /** The store's instant now, by what it was when it was last told. */
  now({ at, heardAt }: Instant): EpochMs {
    return at + Math.max(0, this.#parts.clock.now() - heardAt);
  }

  async look(names: readonly string[], signal?: AbortSignal): Promise<PagesLooked> {
    const { register, clock } = this.#parts;
    const pages: Page[] = [];
    const askedAt = clock.now();
    let at: Instant = { at: 0, askedAt, heardAt: askedAt };
    // With no name it is the instant that is asked for.
    for (let from = 0; from === 0 || from < names.length; from += PAGES_PER_LOOK) {
      const some = names.slice(from, from + PAGES_PER_LOOK);
      const looked = await inTime(clock, 'look', () => register.look(some.map(scheduleEntry)), signal);
      const entries = oneEach('look', some.length, looked.entries);
      pages.push(...some.map((name, n) => ({ name, entry: entries[n] })));
      at = { at: looked.at, askedAt, heardAt: clock.now() };
    }
    return { pages, at };
  }

  /** @param kept `null`: the page is torn out */
  async turn({ name, entry }: Page, kept: Kept | null): Promise<Turned> {
    const { register, clock, chance } = this.#parts;
    const change = changeOf(scheduleEntry(name), entry, { value: kept }, chance);
    const askedAt = clock.now();
    const wrote = await inTime(clock, 'change', () => register.change([change]));
    const at = { at: wrote.at, askedAt, heardAt: clock.now() };
    const [outcome] = oneEach('change', 1, wrote.outcomes);
    if (outcome === undefined || !hasWritten(outcome, change))
      return { isWritten: false, page: { name, entry: outcome?.kind === 'stale' ? outcome.entry : undefined }, at };
    const { value, stamp } = change;
    return { isWritten: true, page: { name, entry: value === undefined ? undefined : { value, stamp } }, at };
  }
}

/** @throws ReeveError SCHEDULE_UNREADABLE */
export const keptOn = ({ name, entry }: Page): Kept | undefined => (entry ? readKept(name, entry.value) : undefined);
