import type { Events, ReeveEvents } from '../events.ts';

type ScheduleFired = ReeveEvents['schedule.fired'];
type ScheduleSkipped = ReeveEvents['schedule.skipped'];
type ScheduleFailed = ReeveEvents['schedule.failed'];

/** What was done, in the order in which it was. */
export interface SchedulesDone {
  readonly fired: readonly ScheduleFired[];
  readonly skipped: readonly ScheduleSkipped[];
  readonly failed: readonly ScheduleFailed[];
}

/** What was done is told as events, and gathered where somebody waits for a report of it. */
export class Told {
  readonly #events: Events;
  readonly #gathers: boolean;
  readonly #fired: ScheduleFired[] = [];
  readonly #skipped: ScheduleSkipped[] = [];
  readonly #failed: ScheduleFailed[] = [];

  /** @param gathers `forget`: it has no end, and nobody asks for `all` */
  constructor(events: Events, gathers: 'gather' | 'forget') {
    this.#events = events;
    this.#gathers = gathers === 'gather';
  }

  fired(event: ScheduleFired): void {
    if (this.#gathers) this.#fired.push(event);
    this.#events.emit('schedule.fired', event);
  }

  skipped(event: ScheduleSkipped): void {
    if (this.#gathers) this.#skipped.push(event);
    this.#events.emit('schedule.skipped', event);
  }

  failed(event: ScheduleFailed): void {
    if (this.#gathers) this.#failed.push(event);
    this.#events.emit('schedule.failed', event);
  }

  get all(): SchedulesDone {
    return { fired: this.#fired, skipped: this.#skipped, failed: this.#failed };
  }
}
