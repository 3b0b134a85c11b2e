import { request } from 'node:http';
import type { Delivery, InvokeContext, Invoker, Labourer, Lease } from '@reeve/core';
import type { LineWriter } from '../history/line.ts';
import { numberOf } from '../work.ts';
import { finished, workAt } from './work-at.ts';

/**
 * Works in this process, as core's own in-process invoker does. It is an invoker and no handler because what it writes down has to know the
 * lease.
 */
export class LoggingInvoker implements Invoker {
  readonly #log: LineWriter;

  constructor(log: LineWriter) {
    this.#log = log;
  }

  async invoke(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery> {
    return finished(await workAt(this.#log, labourer, lease, context));
  }
}

/** How long a hand may take to say that it has an attempt. */
const PATIENCE = 2_000;

/** Every third task is worked at here, the others by hands: processes of their own, which report by themselves. */
export class HandingInvoker implements Invoker {
  readonly #own: LoggingInvoker;
  readonly #hands: readonly number[];
  #turn = 0;

  constructor(log: LineWriter, hands: readonly number[]) {
    this.#own = new LoggingInvoker(log);
    this.#hands = hands;
  }

  async invoke(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery> {
    if (this.#hands.length === 0 || numberOf(lease.id) % 3 === 0) return this.#own.invoke(labourer, lease, context);
    this.#turn += 1;
    const port = this.#hands[this.#turn % this.#hands.length] ?? 0;
    return hand(port, lease);
  }
}

/** @throws if nobody knows whether it arrived */
const hand = (port: number, lease: Lease): Promise<Delivery> =>
  new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method: 'POST', timeout: PATIENCE }, (response) => {
      response.resume();
      if (response.statusCode === 202) resolve({ kind: 'accepted' });
      else resolve({ kind: 'refused', reason: `a hand said ${response.statusCode}`, retryAfter: 50 });
    });
    asking.once('timeout', () => asking.destroy(new Error('a hand does not answer')));
    asking.once('error', (error) => {
      // Nobody listens: it certainly did not start.
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') resolve({ kind: 'refused', reason: 'no hand there', retryAfter: 50 });
      else reject(error);
    });
    asking.end(JSON.stringify(lease));
  });
