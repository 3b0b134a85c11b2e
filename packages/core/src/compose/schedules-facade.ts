import type { LabourerDefinitions, PayloadOf } from '../decide/labourer-definition.ts';
import type { ScheduleDefinition, ScheduledTask } from '../decide/schedules/schedule-definition.ts';
import type { ScheduleState } from '../domain/schedule.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Schedules } from '../run/schedules/schedules.ts';

/** The schedules of a composition. Every method opens what has to be opened. */
export class SchedulesFacade<Definitions extends LabourerDefinitions = LabourerDefinitions> {
  readonly #schedules: Schedules;
  readonly #start: () => Promise<void>;

  constructor(schedules: Schedules, start: () => Promise<void>) {
    this.#schedules = schedules;
    this.#start = start;
  }

  /**
   * Defines one in the store, or defines it anew: with the same times what is due stays due, with others it counts from now on. It is in
   * force in this process at once, in others within half a minute.
   * @throws ReeveError INVALID_SCHEDULE, PART_MISSING: nothing was changed
   */
  async put<Labourer extends keyof Definitions & string>(
    name: string,
    definition: ScheduleDefinition<ScheduledTask<Labourer, PayloadOf<Definitions[Labourer]>>>,
  ): Promise<ScheduleState> {
    await this.#start();
    return this.#schedules.put(name, definition);
  }

  /**
   * What it made stays. One that is defined in code is taken out there.
   * @returns whether there was one
   * @throws ReeveError INVALID_SCHEDULE, PART_MISSING
   */
  async remove(name: string): Promise<boolean> {
    await this.#start();
    return this.#schedules.remove(name);
  }

  /**
   * Nothing fires until `resume`, in any process, whatever is deployed. What has fired goes on.
   * @param reason for whoever asks why
   * @throws ReeveError INVALID_SCHEDULE, INVALID_SETTING, PART_MISSING
   */
  async pause(name: string, reason?: string): Promise<ScheduleState> {
    await this.#start();
    return this.#schedules.pause(name, reason);
  }

  /** It fires from now on; what it passed over meanwhile stays so. @throws ReeveError INVALID_SCHEDULE, PART_MISSING */
  async resume(name: string): Promise<ScheduleState> {
    await this.#start();
    return this.#schedules.resume(name);
  }

  /** Those of this process's code and those of the store, by name. @throws ReeveError PART_MISSING, SCHEDULE_UNREADABLE */
  async list(): Promise<readonly ScheduleState[]> {
    await this.#start();
    return this.#schedules.list();
  }

  /** The next instants of it, as if it were not paused, and without jitter. @throws ReeveError INVALID_SCHEDULE, PART_MISSING */
  async next(name: string, count: number = 1): Promise<readonly EpochMs[]> {
    await this.#start();
    return this.#schedules.next(name, count);
  }
}
