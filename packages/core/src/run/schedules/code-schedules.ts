import type { Kept } from '../../decide/schedules/entry.ts';
import { takenOver } from '../../decide/schedules/take-over.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ReeveError } from '../../errors.ts';
import { keptOn, type Page, type PagesLooked, type ScheduleBook } from './schedule-book.ts';
import type { Told } from './told.ts';

/** Sees to it that the register has what the code of this process defines, or something newer. */
export class CodeSchedules {
  readonly #byName: ReadonlyMap<string, Schedule>;
  readonly #book: ScheduleBook;

  constructor(schedules: readonly Schedule[], book: ScheduleBook) {
    this.#byName = new Map(schedules.map((each) => [each.name, each]));
    this.#book = book;
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** What lies there as it will be when this process has looked at it. */
  seen(name: string, kept: Kept | undefined, now: EpochMs): Kept | undefined {
    const schedule = this.#byName.get(name);
    return (schedule && takenOver(kept, schedule, now)) ?? kept;
  }

  /** @returns the pages as they lie there now, without those that cannot be read */
  async register({ pages, at }: PagesLooked, told: Told): Promise<readonly Page[]> {
    const now = this.#book.now(at);
    const all = await Promise.all(
      pages.map(async (page): Promise<Page | undefined> => {
        const schedule = this.#byName.get(page.name);
        try {
          const kept = keptOn(page);
          if (!schedule) return page;
          if (kept?.origin === 'store') throw taken(page.name);
          const changed = takenOver(kept, schedule, now);
          // If another was faster, his is at least as new as what was seen here, and this process comes again.
          return changed ? (await this.#book.turn(page, changed)).page : page;
        } catch (error) {
          told.failed({ schedule: page.name, error });
          return undefined;
        }
      }),
    );
    return all.filter((page) => page !== undefined);
  }
}

const taken = (name: string): ReeveError =>
  new ReeveError({
    kind: 'config',
    code: 'INVALID_SCHEDULE',
    message: `schedules.${name}: the store has one of this name that was put there; remove that one, or take another name here`,
  });
