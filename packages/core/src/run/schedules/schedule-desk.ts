import { checkScheduleName, defineSchedule, scheduleFault } from '../../decide/schedules/define-schedules.ts';
import { held, type Kept, opened, redefined, released, stateOf } from '../../decide/schedules/entry.ts';
import { nextInstants } from '../../decide/schedules/instants.ts';
import type { ScheduleDefinition } from '../../decide/schedules/schedule-definition.ts';
import { checkReason } from '../../decide/settings.ts';
import type { Schedule, ScheduleState } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import { busy, MOST_TRIES, restAfter } from '../shared-entry.ts';
import type { CodeSchedules } from './code-schedules.ts';
import type { ScheduledJobs } from './firer.ts';
import { keptOn, type ScheduleBook, type ScheduleBookParts, scheduleEntry } from './schedule-book.ts';
import type { ScheduleIndex } from './schedule-index.ts';

export interface ScheduleDeskParts extends ScheduleBookParts {
  readonly book: ScheduleBook;
  readonly index: ScheduleIndex;
  readonly code: CodeSchedules;
  readonly labourers: Pick<ReadonlySet<string>, 'has' | 'keys'>;
  readonly jobs?: ScheduledJobs | undefined;
}

const MOST_PREVIEW = 1_000;

/** What people do with schedules while the system runs. */
export class ScheduleDesk {
  readonly #parts: ScheduleDeskParts;

  constructor(parts: ScheduleDeskParts) {
    this.#parts = parts;
  }

  async put(name: string, definition: ScheduleDefinition): Promise<ScheduleState> {
    const { code, index, labourers } = this.#parts;
    const schedule = defineSchedule(name, definition, labourers);
    if (code.has(name)) throw refusal(name, 'is defined in code; change it there, pause it, or take another name');
    this.check(schedule);
    await index.checkRoom(name);
    const state = await this.#change(name, (kept, now) => {
      if (kept?.origin === 'code') throw refusal(name, 'is defined in the code of other processes; change it there, or take another name');
      if (nextInstants(schedule, now, 1).length === 0)
        throw refusal(name, 'is over: no instant of it is still to come; look at cron and endAt');
      return kept ? redefined(kept, schedule, now) : opened(schedule, 'store', now);
    });
    await index.add(name);
    return state as ScheduleState;
  }

  /** What is to be known of its job beside its form. @throws ReeveError INVALID_JOB */
  check({ firing }: Schedule): void {
    if (firing.kind === 'job') this.#parts.jobs?.check(firing.job, this.#parts.clock.now());
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    const { code, index } = this.#parts;
    if (code.has(checkScheduleName(name))) throw refusal(name, 'is defined in code; take it out there, or pause it');
    let was = false;
    await this.#change(name, (kept) => {
      was = kept !== undefined;
      return null;
    });
    await index.strike(name);
    return was;
  }

  pause(name: string, reason?: string): Promise<ScheduleState> {
    const why = checkReason(reason);
    return this.#changeExisting(name, (kept, now) => held(kept, now, why));
  }

  resume(name: string): Promise<ScheduleState> {
    return this.#changeExisting(name, released);
  }

  async list(): Promise<readonly ScheduleState[]> {
    const { book, code, index } = this.#parts;
    const names = [...new Set([...code.names, ...(await index.names())])].sort();
    const { pages, at } = await book.look(names);
    return pages.flatMap((page) => {
      const kept = code.seen(page.name, keptOn(page), book.now(at));
      return kept ? [stateOf(kept)] : [];
    });
  }

  async next(name: string, count: number): Promise<readonly EpochMs[]> {
    if (!(Number.isInteger(count) && count >= 1 && count <= MOST_PREVIEW))
      throw scheduleFault([{ path: 'count', problem: `is ${String(count)}; give a whole number from 1 to ${MOST_PREVIEW}` }], 'input');
    const { book, code } = this.#parts;
    const { pages, at } = await book.look([checkScheduleName(name)]);
    const now = book.now(at);
    const kept = code.seen(name, pages[0] && keptOn(pages[0]), now);
    if (!kept) throw unknown(name);
    return nextInstants(kept.schedule, Math.max(now - 1, kept.decided ?? 0), count);
  }

  async #changeExisting(name: string, change: (kept: Kept, now: EpochMs) => Kept): Promise<ScheduleState> {
    const state = await this.#change(checkScheduleName(name), (there, now) => {
      const kept = this.#parts.code.seen(name, there, now);
      if (!kept) throw unknown(name);
      return change(kept, now);
    });
    return state as ScheduleState;
  }

  /** @param change what to make of what lies there; it may be asked several times. `null`: nothing is left of it */
  async #change(name: string, change: (kept: Kept | undefined, now: EpochMs) => Kept | null): Promise<ScheduleState | undefined> {
    const { book } = this.#parts;
    const looked = await book.look([name]);
    let { at } = looked;
    let page = looked.pages[0] ?? { name, entry: undefined };
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const kept = change(keptOn(page), book.now(at));
      if (kept === null && !page.entry) return undefined;
      const turned = await book.turn(page, kept);
      if (turned.isWritten) return kept ? stateOf(kept) : undefined;
      ({ page, at } = turned);
      await restAfter(tries, this.#parts);
    }
    throw busy([scheduleEntry(name)]);
  }
}

const refusal = (name: string, problem: string): Error => scheduleFault([{ path: `schedules.${name}`, problem }], 'input');

const unknown = (name: string): Error =>
  scheduleFault([{ path: `schedules.${name}`, problem: 'there is none of this name; put it, or look at list()' }], 'input');
