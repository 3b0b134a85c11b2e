import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Delivery,
  type InvokeContext,
  type JsonText,
  type Labourer,
  type Lease,
  leaseLength,
  ReeveError,
  type Report,
} from '@reeve/core';
import { instant, type LineWriter } from '../history/line.ts';
import { effortOf, numberOf, workOf } from '../work.ts';

/** Heartbeats in the time of a lease. */
const BEATS = 5;

/** Works at one attempt, and writes down for how long it did. */
export const workAt = async (log: LineWriter, labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Report> => {
  const { id, token, attempt } = lease;
  const at = instant();
  log.write({ kind: 'start', at, id, attempt, token, until: at + lease.deadline - Date.now() });
  const [how, report] = await attemptOf(log, labourer, lease, context);
  log.write({ kind: 'end', at: instant(), id, token, how });
  return report;
};

export const finished = (report: Report): Delivery => ({ kind: 'finished', report });

const attemptOf = async (
  log: LineWriter,
  labourer: Labourer,
  lease: Lease,
  context: InvokeContext,
): Promise<readonly ['done' | 'failed' | 'stopped', Report]> => {
  const work = workOf(numberOf(lease.id));
  const effort = effortOf(work, lease.attempt, labourer.lease);
  if (work.kind !== 'long') await sleep(effort);
  else if (!(await beat(log, labourer, lease, effort, context))) return ['stopped', { kind: 'failed', error: 'it was told to stop' }];
  if (work.kind === 'poison') return ['failed', { kind: 'failed', error: 'poison', retryable: false }];
  if (work.kind === 'flaky' && lease.attempt === 1) return ['failed', { kind: 'failed', error: 'not at the first time' }];
  return ['done', { kind: 'done', result: JSON.stringify({ number: work.number }) as JsonText }];
};

/** @returns false if it was told to stop before it was through */
const beat = async (
  log: LineWriter,
  labourer: Labourer,
  { id, token }: Lease,
  effort: number,
  context: InvokeContext,
): Promise<boolean> => {
  const { signal } = context;
  const whole = leaseLength(labourer);
  const end = instant() + effort;
  while (instant() < end) {
    await sleep(Math.min(whole / BEATS, end - instant()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return false;
    const asked = instant();
    if (await heartbeat(context)) log.write({ kind: 'renewed', at: instant(), id, token, until: asked + whole });
  }
  return true;
};

/** One that the store did not answer may have arrived or not; the signal says when to stop. */
const heartbeat = async (context: InvokeContext): Promise<boolean> => {
  try {
    return await context.heartbeat();
  } catch (error) {
    if (ReeveError.is(error)) return false;
    throw error;
  }
};
