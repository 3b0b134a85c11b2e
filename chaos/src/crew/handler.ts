import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Delivery,
  type InvokeContext,
  type Invoker,
  type JsonText,
  type Labourer,
  type Lease,
  leaseLength,
  ReeveError,
} from '@reeve/core';
import { instant, type LineWriter } from '../history/line.ts';
import { effortOf, numberOf, workOf } from '../work.ts';

/** Heartbeats in the time of a lease. */
const BEATS = 5;

/**
 * Works in this process, as core's own in-process invoker does, and writes down for how long it did: it is an invoker and no handler because
 * it has to know the lease.
 */
export class LoggingInvoker implements Invoker {
  readonly #log: LineWriter;

  constructor(log: LineWriter) {
    this.#log = log;
  }

  async invoke(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery> {
    const { id, token, attempt } = lease;
    const at = instant();
    this.#log.write({ kind: 'start', at, id, attempt, token, until: at + lease.deadline - Date.now() });
    const [how, delivery] = await this.#work(labourer, lease, context);
    this.#log.write({ kind: 'end', at: instant(), id, token, how });
    return delivery;
  }

  async #work(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<readonly ['done' | 'failed' | 'stopped', Delivery]> {
    const work = workOf(numberOf(lease.id));
    const effort = effortOf(work, lease.attempt, labourer.lease);
    if (work.kind !== 'long') await sleep(effort);
    else if (!(await this.#beat(labourer, lease, effort, context))) return ['stopped', failed('it was told to stop')];
    if (work.kind === 'poison') return ['failed', { kind: 'finished', report: { kind: 'failed', error: 'poison', retryable: false } }];
    if (work.kind === 'flaky' && lease.attempt === 1) return ['failed', failed('not at the first time')];
    return ['done', { kind: 'finished', report: { kind: 'done', result: JSON.stringify({ number: work.number }) as JsonText } }];
  }

  /** @returns false if it was told to stop before it was through */
  async #beat(labourer: Labourer, { id, token }: Lease, effort: number, context: InvokeContext): Promise<boolean> {
    const { signal } = context;
    const whole = leaseLength(labourer);
    const end = instant() + effort;
    while (instant() < end) {
      await sleep(Math.min(whole / BEATS, end - instant()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return false;
      const asked = instant();
      if (await heartbeat(context)) this.#log.write({ kind: 'renewed', at: instant(), id, token, until: asked + whole });
    }
    return true;
  }
}

/** One that the store did not answer may have arrived or not; the signal says when to stop. */
const heartbeat = async (context: InvokeContext): Promise<boolean> => {
  try {
    return await context.heartbeat();
  } catch (error) {
    if (ReeveError.is(error)) return false;
    throw error;
  }
};

const failed = (error: string): Delivery => ({ kind: 'finished', report: { kind: 'failed', error } });
