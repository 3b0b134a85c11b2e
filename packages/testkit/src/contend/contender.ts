import type { Lease, Millis, TaskStore } from '@reeve/core';
import { refOf } from '@reeve/core';
import { type Interval, printInterval } from './interval.ts';

export interface ContenderOptions {
  readonly store: TaskStore;
  readonly labourer: string;
  readonly cap: number;
  /** The most tasks it holds at once. Default: the cap. */
  readonly limit?: number;
  readonly lease?: Millis;
  /** Makes this process's tokens its own: such as its number and `process.pid`. */
  readonly name: string;
  /** Stops once so many claims in a row have found nothing. Default 50. */
  readonly patience?: number;
  /** What to do with each interval. Default: print it for `contend` to read. */
  readonly onInterval?: (interval: Interval) => void;
}

const print = (interval: Interval): void => {
  process.stdout.write(`${printInterval(interval)}\n`);
};

/** Claims and completes until nothing is left: what each process of a race does. Every other time it exchanges instead. */
export const contender = async ({
  store,
  labourer,
  cap,
  limit = cap,
  lease = 60_000,
  name,
  patience = 50,
  onInterval = print,
}: ContenderOptions): Promise<void> => {
  let claims = 0;
  const request = () => {
    claims += 1;
    return { labourer, token: `${name}-${claims}`, cap, limit, lease };
  };
  let held: readonly Lease[] = [];
  let start = 0n;
  for (let idle = 0; idle < patience; ) {
    if (held.length === 0) {
      ({ leases: held } = await store.claim(request()));
      start = process.hrtime.bigint();
      idle = held.length === 0 ? idle + 1 : 0;
      // Gives the event loop its turn, so that answers of a store without I/O of its own do not starve the process.
      await new Promise<void>((resolve) => setImmediate(resolve));
      continue;
    }
    const end = process.hrtime.bigint();
    const done = held;
    const began = start;
    const verdicts = done.map((each) => ({ ...refOf(each), kind: 'completed' as const }));
    const exchanges = claims % 2 === 0;
    const answer = exchanges
      ? await store.exchange(verdicts, request())
      : { outcomes: await store.settle(verdicts), leases: [] as readonly Lease[] };
    start = process.hrtime.bigint();
    held = answer.leases;
    for (const [n, { id, attempt }] of done.entries()) {
      onInterval({ id, attempt, start: began, end, outcome: answer.outcomes[n] ?? 'missing' });
    }
  }
};
