import type { TaskRecord } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import { checkLabourer } from './check-labourer.ts';

const STATES = ['dead', 'cancelled', 'dropped'] as const;

/** The states that a task can be redriven from. */
export type RedrivableState = (typeof STATES)[number];

/** Which tasks of a labourer are to be queued again. */
export interface RedriveQuery {
  readonly labourer: string;
  /** Default: dead. */
  readonly state?: RedrivableState;
  /** Only those whose last error has this text in it, or matches. A task that never failed has none. */
  readonly error?: string | RegExp;
  /** Only those that ended at this instant or later (milliseconds since the epoch, or a Date). */
  readonly endedAfter?: number | Date;
  /** Only those that ended before this instant. */
  readonly endedBefore?: number | Date;
  /** At most so many, the newest. Default: all. */
  readonly limit?: number;
  /** So many fall due in a second at most. Default: all at once. */
  readonly perSecond?: number;
}

export type EndedRecord = Extract<TaskRecord, { readonly endedAt: EpochMs }>;

export interface RedrivePlan {
  readonly labourer: string;
  readonly state: RedrivableState;
  readonly limit: number;
  readonly perSecond: number;
  readonly from: EpochMs;
  readonly matches: (task: EndedRecord) => boolean;
}

/** @throws ReeveError UNKNOWN_LABOURER, INVALID_REDRIVE */
export const checkRedrive = (query: RedriveQuery, known: ReadonlySet<string>): RedrivePlan => {
  const { state = 'dead', error, limit = Number.POSITIVE_INFINITY, perSecond = Number.POSITIVE_INFINITY } = query;
  const labourer = checkLabourer(query.labourer, known);
  if (!STATES.includes(state)) throw fault('state', state, `give one of ${STATES.join(', ')}; others are not redriven`);
  if (error !== undefined && typeof error !== 'string' && !(error instanceof RegExp))
    throw fault('error', error, 'give a part of the text, or a RegExp');
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(limit) && limit >= 1))
    throw fault('limit', limit, 'give a whole number from 1, or leave it out');
  // Slower than one in a quarter of an hour is a mistake of units, and the last of many would be due in a century.
  if (!(typeof perSecond === 'number' && perSecond >= 0.001))
    throw fault('perSecond', perSecond, 'give a number from 0.001, or leave it out');
  const from = instantOf(query.endedAfter, 'endedAfter') ?? Number.NEGATIVE_INFINITY;
  const until = instantOf(query.endedBefore, 'endedBefore') ?? Number.POSITIVE_INFINITY;
  if (from >= until) throw fault('endedBefore', until, 'give an instant after endedAfter');
  const says = saying(error);
  return { labourer, state, limit, perSecond, from, matches: (task) => task.endedAt >= from && task.endedAt < until && says(task) };
};

/**
 * When the n-th of them falls due, in milliseconds from the call that queues it. Such calls come one after another, so those of a later
 * one fall due later than their number says and never sooner: no second has more than its share.
 */
export const spread = (n: number, perSecond: number): number =>
  perSecond === Number.POSITIVE_INFINITY ? 0 : Math.floor((n * 1_000) / perSecond);

const saying = (error: string | RegExp | undefined): ((task: EndedRecord) => boolean) => {
  if (error === undefined) return () => true;
  // One with `g` or `y` remembers where it stopped, and would pass over every second task.
  const pattern = typeof error === 'string' ? undefined : new RegExp(error.source, error.flags.replace(/[gy]/g, ''));
  return (task) => {
    const last = task.state === 'dead' ? task.error : task.errors.at(-1)?.error;
    if (last === undefined) return false;
    return pattern ? pattern.test(last) : last.includes(error as string);
  };
};

const instantOf = (value: unknown, field: string): EpochMs | undefined => {
  if (value === undefined) return undefined;
  const instant: unknown = value instanceof Date ? value.getTime() : value;
  if (typeof instant === 'number' && Number.isFinite(instant)) return instant;
  throw fault(field, instant, 'give a Date or milliseconds since 1970');
};

const fault = (field: string, value: unknown, remedy: string): ReeveError => {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value === 'number' ? String(value) : typeof value;
  return new ReeveError({ kind: 'input', code: 'INVALID_REDRIVE', message: `${field}: ${shown} does not do; ${remedy}` });
};
