import { boundError, boundText } from '../../decide/bound-text.ts';
import { decided, type Kept, type Made, type Mark, over, prolonged } from '../../decide/schedules/entry.ts';
import { nextStep, type Passed, type Step } from '../../decide/schedules/next-step.ts';
import type { Fired, Firing } from '../../domain/schedule.ts';
import { type EpochMs, type Millis, SECOND } from '../../domain/time.ts';
import { ReeveError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { inTime } from '../in-time.ts';
import { busy, MOST_TRIES } from '../shared-entry.ts';
import type { Firer } from './firer.ts';
import { type Instant, keptOn, type Page, type ScheduleBook, scheduleEntry, type Turned } from './schedule-book.ts';
import type { Told } from './told.ts';

export interface ScheduleTurnParts {
  readonly book: ScheduleBook;
  readonly firer: Firer;
  readonly clock: Clock;
  readonly told: Told;
  /** On this process's clock: then a job stops, done or not. Absent: it goes on until it is. */
  readonly until?: EpochMs | undefined;
  /** A job stops. */
  readonly signal?: AbortSignal | undefined;
}

/** So long a job goes on before the mark is renewed. */
const SLICE: Millis = 20 * SECOND;
const LONGEST_ERROR = 500;
/** What a call of the store may take. */
const GRACE: Millis = 10 * SECOND;
/** So long a firing is left to whoever made its mark. */
const LEASES: Readonly<Record<Firing['kind'], Millis>> = { task: GRACE, job: SLICE + GRACE };
const leaseOf = ({ mark, schedule }: Kept): Millis => LEASES[(mark?.firing ?? schedule.firing).kind];

/** What is to be known of a page: what lies on it, and when that was. */
interface Open {
  readonly page: Page;
  readonly at: Instant;
}

type Next = (Turned | { readonly restUntil: EpochMs | undefined }) & { readonly owed?: EpochMs | undefined };

/**
 * One schedule's turn in one process: it fires what is due, one instant after the other, and answers when to come back.
 *
 * An instant is decided by a change of the entry that takes it off and puts a mark in its place; only then is anything made. Of all who saw it
 * due, one is answered that the change is his: so it is decided once whether it fires, and what is passed over. Whoever dies after that
 * leaves the mark, and the next who finds it, its time over, goes on with it. What he makes may have been made: the id of a task follows
 * from name and instant, and the store knows it. At last the mark is taken away by another change, again of one.
 *
 * The other order (make it, then take it off) would let two processes decide differently about the same instant: one finds the task before it
 * still running and passes it over, the other, a moment later, does not.
 */
export class ScheduleTurn {
  readonly #parts: ScheduleTurnParts;

  constructor(parts: ScheduleTurnParts) {
    this.#parts = parts;
  }

  /** @returns when to come back, on this process's clock; `undefined`: when it is changed */
  async serve(page: Page, at: Instant): Promise<EpochMs | undefined> {
    const { clock, until = Number.POSITIVE_INFINITY, signal } = this.#parts;
    let open: Open = { page, at };
    let owed: EpochMs | undefined;
    for (let lost = 0; lost < MOST_TRIES; ) {
      const next: Next = await this.#step(open, owed);
      owed = 'owed' in next ? next.owed : owed;
      if ('restUntil' in next) return next.restUntil;
      // What is left of many that were missed is there for the next.
      if (signal?.aborted || clock.now() >= until) return clock.now();
      lost = next.isWritten ? 0 : lost + 1;
      open = next;
    }
    throw busy([scheduleEntry(page.name)]);
  }

  /** When to come back if there is nothing to do; `undefined`: there is something. */
  restOf({ page, at }: Open): { readonly until: EpochMs | undefined } | undefined {
    const kept = keptOn(page);
    const step: Step = kept ? nextStep(kept, this.#parts.book.now(at)) : { kind: 'rest' };
    return step.kind === 'rest' ? { until: step.until === undefined ? undefined : here(step.until, at) } : undefined;
  }

  async #step(open: Open, owed: EpochMs | undefined): Promise<Next> {
    const { book, firer, told } = this.#parts;
    const { page, at } = open;
    const kept = keptOn(page);
    if (!kept) return { restUntil: undefined };
    const now = book.now(at);
    const step = nextStep(kept, now, owed);
    if (step.kind === 'rest') return { restUntil: step.until === undefined ? undefined : here(step.until, at) };
    if (step.kind === 'pass') return this.#pass(page, kept, step.passed);
    const firing = kept.mark?.firing ?? kept.schedule.firing;
    if (!firer.knows(firing)) {
      const { instant, since } = step.kind === 'fire' ? { instant: step.instant, since: step.due } : step.mark;
      // Another process may know how. If none does, it is told of each time that somebody looks.
      if (now - since >= GRACE) told.failed({ schedule: page.name, instant, error: unknown(page.name, firing) });
      return { restUntil: here(now + GRACE, at) };
    }
    if (step.kind === 'goOn') return this.#carryOut(await book.turn(page, prolonged(kept, now + leaseOf(kept))), step.mark);
    return { ...(await this.#fire(page, kept, step, now)), owed: step.owed };
  }

  async #pass(page: Page, kept: Kept, passed: Passed): Promise<Next> {
    const { book, told } = this.#parts;
    const last: Fired = { instant: passed.to, outcome: 'skipped' };
    const turned = await book.turn(page, decided(kept, passed.to, { last }));
    if (turned.isWritten) told.skipped({ schedule: kept.schedule.name, ...passed, why: 'missed' });
    return turned;
  }

  async #fire(page: Page, kept: Kept, step: Extract<Step, { kind: 'fire' }>, now: EpochMs): Promise<Next> {
    const { book, clock, firer, told } = this.#parts;
    const { schedule, made } = kept;
    const { instant, passed } = step;
    // What has ended stays so. What has not may end before the change is written: then an instant was passed over that need not have been.
    const isHeldUp = schedule.overlap === 'skip' && made !== undefined && (await inTime(clock, 'find', () => firer.isOpen(made)));
    const mark: Mark = { instant, since: now, until: now + leaseOf(kept) };
    const turned = await book.turn(page, decided(kept, instant, isHeldUp ? { last: { instant, outcome: 'skipped' } } : { mark }));
    if (!turned.isWritten) return turned;
    if (passed) told.skipped({ schedule: schedule.name, ...passed, why: 'missed' });
    if (!isHeldUp) return this.#carryOut(turned, mark);
    told.skipped({ schedule: schedule.name, from: instant, to: instant, why: 'overlap' });
    return turned;
  }

  /** @param turned the change by which the mark became this process's own, if it did */
  async #carryOut(turned: Turned, mark: Mark): Promise<Next> {
    const { book, firer, clock, until = Number.POSITIVE_INFINITY, signal } = this.#parts;
    if (!turned.isWritten) return turned;
    const kept = keptOn(turned.page);
    // A process that stood still since then is no longer the one it is left to: what it would make may have been made, ended, and been
    // forgotten, and then its id says nothing.
    if (!kept || clock.now() - turned.at.askedAt >= leaseOf(kept)) return turned;
    const { schedule } = kept;
    let made: Made | undefined;
    try {
      made = await firer.fire(schedule, kept.mark ?? mark, Math.min(until, clock.now() + SLICE), signal);
    } catch (error) {
      return this.#failed(turned, mark, error);
    }
    if (made) return this.#end(turned, mark, made);
    const stops = signal?.aborted === true || clock.now() >= until;
    const now = book.now(turned.at);
    const renewed = await this.#change(turned, mark, (each) => prolonged(each, stops ? now : now + leaseOf(each)));
    if (!stops) return this.#carryOut(renewed, mark);
    return { restUntil: clock.now() };
  }

  async #failed(turned: Turned, mark: Mark, error: unknown): Promise<Next> {
    const schedule = turned.page.name;
    // What the store will never take is not tried for ever, and the next instant has its own chance.
    const isFinal = ReeveError.is(error) && (error.kind === 'input' || error.kind === 'config');
    if (!isFinal) {
      this.#parts.told.failed({ schedule, instant: mark.instant, error });
      return { restUntil: this.#parts.clock.now() + GRACE };
    }
    const last: Fired = { instant: mark.instant, outcome: 'failed', error: boundText(boundError(error), LONGEST_ERROR) };
    const ended = await this.#change(turned, mark, (now) => over(now, last));
    if (ended.isWritten) this.#parts.told.failed({ schedule, instant: mark.instant, error });
    return ended;
  }

  async #end(turned: Turned, mark: Mark, made: Made): Promise<Next> {
    const { instant } = mark;
    const { book, told } = this.#parts;
    const { kind: _, ...what } = made;
    const ended = await this.#change(turned, mark, (kept) => over(kept, { instant, outcome: 'fired', ...what }, made));
    if (ended.isWritten) told.fired({ schedule: turned.page.name, instant, late: book.now(ended.at) - instant, ...what });
    return ended;
  }

  /**
   * Changes an entry whose mark is there. Others may pause it, define it anew or remove it meanwhile, and then it is tried with what they
   * wrote; if the mark is gone, another has gone on with it.
   */
  async #change(turned: Turned, mark: Mark, change: (kept: Kept) => Kept): Promise<Turned> {
    let last = turned;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const kept = keptOn(last.page);
      if (kept?.mark?.instant !== mark.instant) return { ...last, isWritten: false };
      last = await this.#parts.book.turn(last.page, change(kept));
      if (last.isWritten) return last;
    }
    throw busy([scheduleEntry(turned.page.name)]);
  }
}

/** An instant of the store on this process's clock. */
const here = (instant: EpochMs, { at, heardAt }: Instant): EpochMs => heardAt + (instant - at);

const unknown = (schedule: string, firing: Firing): ReeveError =>
  new ReeveError({
    kind: 'config',
    code: 'UNKNOWN_LABOURER',
    message: `schedule ${schedule} is due, and this process knows no labourer ${firing.labourer}; run schedules where it is defined`,
  });
