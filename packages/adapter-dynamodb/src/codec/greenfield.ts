/**
 * sosw's number that says what a task is and in which order it comes, and what Reeve puts on the same line. It is in seconds, and has
 * more digits than a double holds, so it is counted in whole grains here: DynamoDB keeps 38 digits, and ours have up to 33.
 *
 * Behind the milliseconds of the due time stand those of the creation and a counter of the process, so that tasks which fall due
 * together come in the order in which they were enqueued: `195420800.123 1795420800123 000001`.
 *
 * | from | to | what stands there |
 * |---|---|---|
 * | -1.8e11 | -1.6e9 | urgent: priority 9 first, retries and released tasks of a priority before its fresh ones; each at its due time - n x 1e10 |
 * | -1.6e9 | 1e9 | queued: sosw's own 2000, 3000, ...; ours at due - 1.6e9, which never comes near now |
 * | 1e9 | now | retries and released tasks that are due: at their due time, and claimed first |
 * | now | now + half a delta | retries that wait |
 * | around now + delta | | running: the lease's deadline + delta - 1,200 s, where a sosw would have put it |
 * | 1e10 | | delayed tasks: at due + 1e10, where no sosw looks |
 * | 5e11 | | urgent ones that wait: at due + 5e11, where no sosw looks either |
 * | 1e12 | | ended, and what follows from it is still to be done: at its end + 1e12 |
 * | absent | | ended, or set aside |
 */
import { type EpochMs, MOST_URGENT } from '@reeve/core';
import { decimal } from './number-digits.ts';

/** 10^-22 s. */
export type Grains = bigint;

const DECIMALS = 22;
const SECOND = 10n ** 22n;
const MILLI = 10n ** 19n;
/** Tasks of one process and millisecond that are told apart. */
const ORDERS = 10n ** 6n;
const QUEUE_SHIFT: Grains = 1_600_000_000n * SECOND;
const DELAY_SHIFT: Grains = 10_000_000_000n * SECOND;

/** Where the queue ends and the retries begin: 2001-09-09 as an instant. */
export const AGAIN_FROM: Grains = 1_000_000_000n * SECOND;
export const DELAYED_FROM: Grains = DELAY_SHIFT;
/** No task of ours stands before it: a due time of 1970. */
export const QUEUE_FROM: Grains = -QUEUE_SHIFT;
/** After the year 9999. */
export const LAST: Grains = DELAY_SHIFT * 30n;

/** A stretch of the urgent: wider than any due time that has come. There are two for each priority, its retries and its fresh ones. */
const STRETCH: Grains = DELAY_SHIFT;
/** No urgent task stands before it; the queue of priority 0 comes behind the last of them. */
export const URGENT_FROM: Grains = -2n * BigInt(MOST_URGENT) * STRETCH;
const WAIT_SHIFT: Grains = 50n * STRETCH;
/** Urgent tasks that are not due, or were not when they came: all priorities, by due time. */
export const WAITING_FROM: Grains = WAIT_SHIFT;
const END_SHIFT: Grains = 100n * STRETCH;
/** Of ended tasks, and behind everything that is queued or runs. */
export const ENDS_FROM: Grains = END_SHIFT;
/** After an end in the year 9999. */
export const ENDS_TO: Grains = END_SHIFT + LAST;

/** sosw's `duration` and `cooldown`, in seconds: it takes a task for expired so long after its invocation. */
export const SOSW_LEASE = 1_200;

/** @returns 0 for what is no number */
export const grainsOf = (digits: string): Grains => {
  const value = decimal(digits);
  if (!value || value.significant === '') return 0n;
  const { negative, significant, exponent } = value;
  const places = exponent + DECIMALS + 1; // digits before the point, counted in grains
  const whole = places <= 0 ? '0' : significant.padEnd(places, '0').slice(0, places);
  return negative ? -BigInt(whole) : BigInt(whole);
};

/** As DynamoDB takes a number: seconds. */
export const digitsOf = (grains: Grains): string => {
  const size = grains < 0n ? -grains : grains;
  const fraction = String(size % SECOND)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '');
  return `${grains < 0n ? '-' : ''}${size / SECOND}${fraction === '' ? '' : `.${fraction}`}`;
};

export const instant = (at: EpochMs): Grains => BigInt(Math.trunc(at)) * MILLI;

/** What tells tasks apart that fall due in one millisecond. @param order counts up within a process: 0 to 999,999 */
export const turnOf = (createdAt: EpochMs, order: number): Grains => BigInt(Math.trunc(createdAt)) * ORDERS + BigInt(order);

/** The last grain that belongs to a millisecond. */
export const endOf = (at: EpochMs): Grains => instant(at + 1) - 1n;

/** Instants as sosw writes them: seconds with a fraction. */
export const secondsOf = (at: EpochMs): string => digitsOf(instant(at));

export const queuedAt = (due: Grains): Grains => due - QUEUE_SHIFT;
export const delayedAt = (due: Grains): Grains => due + DELAY_SHIFT;
/** Before 2001 there is no room for it: it goes first among all. */
export const againAt = (due: Grains): Grains => (due < AGAIN_FROM ? AGAIN_FROM + turnIn(due) : due);

/** A due time that has come, with its priority from 1 up: what is more urgent is further in the past, for a sosw as well. */
export const urgentAt = (due: Grains, priority: number, isAgain: boolean): Grains =>
  due - BigInt(2 * priority - (isAgain ? 0 : 1)) * STRETCH;
/** What makes a due time the place of an urgent task that waits. */
export const waitingAt = (due: Grains): Grains => due + WAIT_SHIFT;
export const endedAt = (end: Grains): Grains => end + END_SHIFT;

/** Where a new task stands. */
export const freshAt = (due: Grains, priority: number, isLater: boolean): Grains => {
  if (priority > 0) return isLater ? waitingAt(due) : urgentAt(due, priority, false);
  return isLater ? delayedAt(due) : queuedAt(due);
};

/** Where a task that is released goes back to, which was due when it was claimed. */
export const backAt = (due: Grains, priority: number): Grains => (priority > 0 ? urgentAt(due, priority, true) : againAt(due));

/** Added to the instant of a retry: keeps the turn of tasks that fall due together, and takes an urgent one to where those wait. */
export const turnOfRetry = (due: Grains, priority: number): Grains => (priority > 0 ? waitingAt(turnIn(due)) : turnIn(due));

/** When what stands at this place falls due. */
export const dueAt = (greenfield: Grains): Grains => {
  if (greenfield < QUEUE_FROM) return ((greenfield % STRETCH) + STRETCH) % STRETCH;
  if (greenfield < AGAIN_FROM) return greenfield + QUEUE_SHIFT;
  if (greenfield < DELAYED_FROM) return greenfield;
  return greenfield - (greenfield < WAITING_FROM ? DELAY_SHIFT : WAIT_SHIFT);
};

export const millisOf = (due: Grains): EpochMs => Number(due / MILLI);

/** The part of a due time that is behind its milliseconds. */
export const turnIn = (due: Grains): Grains => ((due % MILLI) + MILLI) % MILLI;

/** Where a running task stands, so that a sosw beside us takes it for running until the lease ends, and for expired from then on. */
export const runningAt = (deadline: EpochMs, delta: number): string => digitsOf(instant(deadline) + BigInt(delta - SOSW_LEASE) * SECOND);

/** The deadline of a task that a sosw invoked. */
export const soswDeadline = (greenfield: Grains, delta: number): EpochMs => millisOf(greenfield - BigInt(delta - SOSW_LEASE) * SECOND);
