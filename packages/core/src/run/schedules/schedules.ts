import { needed } from '../../decide/needed.ts';
import type { ScheduleDefinition } from '../../decide/schedules/schedule-definition.ts';
import type { Schedule, ScheduleState } from '../../domain/schedule.ts';
import { type EpochMs, type Millis, SECOND } from '../../domain/time.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Register } from '../../ports/register.ts';
import type { TaskReader } from '../../ports/task-reader.ts';
import type { Enqueuer } from '../enqueuer.ts';
import type { Events } from '../events.ts';
import { CodeSchedules } from './code-schedules.ts';
import { Firer, type ScheduledJobs } from './firer.ts';
import { ScheduleBook } from './schedule-book.ts';
import { ScheduleDesk } from './schedule-desk.ts';
import { ScheduleIndex } from './schedule-index.ts';
import { ScheduleRounds } from './schedule-rounds.ts';
import { type SchedulesDone, Told } from './told.ts';

export interface SchedulesParts {
  /** Those that are defined in code. */
  readonly schedules?: readonly Schedule[];
  readonly labourers: Pick<ReadonlySet<string>, 'has' | 'keys'>;
  /** Without one there are no schedules. */
  readonly register: Register | undefined;
  readonly enqueuer: Pick<Enqueuer, 'enqueue'>;
  readonly reader: Pick<TaskReader, 'find'>;
  /** Absent: schedules with jobs are left to others. */
  readonly jobs?: ScheduledJobs | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
}

export interface SchedulesReport extends SchedulesDone {
  /** In how long the next is due, as far as is known. Absent: none is. */
  readonly nextDueIn?: Millis;
  /** The store could not be asked: call again. */
  readonly errors: readonly unknown[];
}

export interface ScheduleTickOptions {
  /** On this process's clock: what falls due until then is fired at its time, and jobs stop by then. Absent: what is due now, each whole. */
  readonly until?: EpochMs;
}

export interface SchedulesRunOptions {
  readonly signal: AbortSignal;
  /** How long a stop waits for what is under way. Default 5 s. */
  readonly grace?: Millis;
}

interface Own {
  readonly book: ScheduleBook;
  readonly code: CodeSchedules;
  readonly rounds: ScheduleRounds;
  readonly desk: ScheduleDesk;
}

/** What happens again and again. Any number of processes may run the same schedules: each instant fires once. */
export class Schedules {
  readonly #parts: SchedulesParts;
  readonly #own: Own | undefined;

  constructor(parts: SchedulesParts) {
    this.#parts = parts;
    const { register, schedules = [] } = parts;
    if (!register) return;
    const book = new ScheduleBook({ ...parts, register });
    const index = new ScheduleIndex({ ...parts, register });
    const code = new CodeSchedules(schedules, book);
    const rounds = new ScheduleRounds({ ...parts, book, index, code, firer: new Firer(parts) });
    this.#own = { book, code, rounds, desk: new ScheduleDesk({ ...parts, register, book, index, code }) };
  }

  /** Whether code defines any. */
  get areDefined(): boolean {
    return (this.#parts.schedules ?? []).length > 0;
  }

  /** Looks at the jobs of those that code defines: what they mean is known to the composition alone. @throws ReeveError INVALID_JOB */
  check(): void {
    for (const each of this.#parts.schedules ?? []) this.#own?.desk.check(each);
  }

  /** Fires what is due: for those who are called at intervals. Never throws: what failed is in the report. */
  async tick({ until }: ScheduleTickOptions = {}): Promise<SchedulesReport> {
    const { rounds } = this.#needed('tick');
    const told = new Told(this.#parts.events, 'gather');
    const { nextDueIn, errors } = await rounds.serve({ told, until });
    return { ...told.all, ...(nextDueIn !== undefined && { nextDueIn }), errors };
  }

  /** Fires what falls due until the signal aborts. */
  async run({ signal, grace = 5 * SECOND }: SchedulesRunOptions): Promise<void> {
    const { rounds } = this.#needed('run');
    const { clock } = this.#parts;
    const ended = new AbortController();
    const patienceOver = new Promise<void>((resolve) => {
      const onAbort = (): void => void clock.sleep(grace, ended.signal).then(resolve);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true, signal: ended.signal });
    });
    try {
      await Promise.race([rounds.serve({ told: new Told(this.#parts.events, 'forget'), signal }), patienceOver]);
    } finally {
      ended.abort();
    }
  }

  /**
   * Defines one in the store, or defines it anew. With the same times what is due stays due; with others it counts from now on. It is in
   * force in this process at once, in others within half a minute.
   * @throws ReeveError INVALID_SCHEDULE, INVALID_REGISTER, PART_MISSING: nothing was changed
   */
  put(name: string, definition: ScheduleDefinition): Promise<ScheduleState> {
    return this.#change('put', (desk) => desk.put(name, definition));
  }

  /**
   * What it made stays. One that is defined in code is taken out there.
   * @returns whether there was one
   * @throws ReeveError INVALID_SCHEDULE, PART_MISSING
   */
  remove(name: string): Promise<boolean> {
    return this.#change('remove', (desk) => desk.remove(name));
  }

  /**
   * Nothing fires until `resume`, in any process, whatever is deployed. What has fired goes on.
   * @param reason for whoever asks why
   * @throws ReeveError INVALID_SCHEDULE, INVALID_SETTING, PART_MISSING
   */
  pause(name: string, reason?: string): Promise<ScheduleState> {
    return this.#change('pause', (desk) => desk.pause(name, reason));
  }

  /**
   * It fires from now on; what it passed over meanwhile stays so.
   * @throws ReeveError INVALID_SCHEDULE, PART_MISSING
   */
  resume(name: string): Promise<ScheduleState> {
    return this.#change('resume', (desk) => desk.resume(name));
  }

  /** Those of this process's code and those of the store, by name. @throws ReeveError PART_MISSING, SCHEDULE_UNREADABLE */
  async list(): Promise<readonly ScheduleState[]> {
    return this.#needed('list').desk.list();
  }

  /** The next instants of it, as if it were not paused, and without jitter. @throws ReeveError INVALID_SCHEDULE, PART_MISSING */
  async next(name: string, count: number = 1): Promise<readonly EpochMs[]> {
    return this.#needed('next').desk.next(name, count);
  }

  async #change<Answer>(call: string, change: (desk: ScheduleDesk) => Promise<Answer>): Promise<Answer> {
    const { desk, rounds } = this.#needed(call);
    const answer = await change(desk);
    rounds.changed();
    return answer;
  }

  #needed(call: string): Own {
    return needed(this.#own, 'Register', `schedules.${call}`);
  }
}
