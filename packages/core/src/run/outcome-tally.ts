import { type Counts, isNothing, NO_COUNTS } from '../decide/outcomes.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from './events.ts';

/** `since`: the first of what is in it. */
type Tally = { -readonly [Name in keyof Counts]: number } & { since: EpochMs | undefined };

/** What one process has counted, and how long ago the first of it was. */
export interface Taken {
  readonly counts: Counts;
  readonly counted: Millis;
}

/** Counts what this process learns of the attempts of some labourers: an addition for each, and nothing is written. */
export class OutcomeTally {
  readonly #tallies: ReadonlyMap<string, Tally>;

  /** @param onCount called after each that is over, so that no timer is needed to do something with them */
  constructor(labourers: readonly string[], { events, clock }: { readonly events: Events; readonly clock: Clock }, onCount: () => void) {
    this.#tallies = new Map(labourers.map((id) => [id, { ...NO_COUNTS, since: undefined }]));
    const count = (labourer: string, add: (tally: Tally) => void): void => {
      const tally = this.#tallies.get(labourer);
      if (!tally) return;
      tally.since ??= clock.now();
      add(tally);
      onCount();
    };
    events.on('attempt.ended', ({ labourer, failed }) =>
      count(labourer, (tally) => {
        tally.ended += 1;
        if (failed) tally.failed += 1;
      }),
    );
    // Its verdict follows, and is counted.
    events.on('attempt.done', ({ labourer, took }) => {
      const tally = this.#tallies.get(labourer);
      if (!tally) return;
      tally.since ??= clock.now();
      tally.took += took;
      tally.measured += 1;
    });
    events.on('attempt.expired', ({ labourer }) =>
      count(labourer, (tally) => {
        tally.timedOut += 1;
      }),
    );
    events.on('attempt.refused', ({ labourer }) =>
      count(labourer, (tally) => {
        tally.throttled += 1;
      }),
    );
  }

  /** Takes what was counted since the last time. Labourers of which nothing was are left out. */
  take(now: EpochMs): Map<string, Taken> {
    const taken = new Map<string, Taken>();
    for (const [id, tally] of this.#tallies) {
      const { since = now, ...counts } = tally;
      Object.assign(tally, NO_COUNTS, { since: undefined });
      if (!isNothing(counts)) taken.set(id, { counts, counted: Math.max(0, now - since) });
    }
    return taken;
  }

  /** What was taken could not be told to the others. */
  giveBack(id: string, { counts, counted }: Taken, now: EpochMs): void {
    const tally = this.#tallies.get(id);
    if (!tally) return;
    for (const name of Object.keys(NO_COUNTS) as (keyof Counts)[]) tally[name] += counts[name];
    tally.since = Math.min(tally.since ?? now, now - counted);
  }
}
