// The lives that are measured. Each takes a store on fresh tables and lets tasks of 200 bytes live from enqueueing to their end.

/** @typedef {import('@reeve/core').TaskStore} TaskStore */
/** @typedef {import('@reeve/core').Lease} Lease */
/** @typedef {import('@reeve/core').ClaimRequest} ClaimRequest */
/** @typedef {{ store: TaskStore, meter: import('./meter.mjs').Meter, pass: (millis: number) => void }} Bench */
/** @typedef {(bench: Bench, tasks: number) => Promise<void>} Life */

export const CAP = 100;
const labourer = 'thumbnails';
const payload = /** @type {import('@reeve/core').JsonText} */ (JSON.stringify({ text: 'x'.repeat(189) })); // 200 bytes
const result = /** @type {import('@reeve/core').JsonText} */ ('{"ok":true}');

/** @param {number} count */
const counted = (count) => Array.from({ length: count }, (_, at) => at);

let tokens = 0;
/** @param {number} limit @returns {ClaimRequest} */
const request = (limit) => {
  tokens += 1;
  return { labourer, token: `attempt-${String(tokens).padStart(12, '0')}`, cap: CAP, limit, lease: 900_000 };
};

/** @param {Lease} lease */
const completed = ({ id, token }) => /** @type {const} */ ({ labourer, id, token, kind: 'completed', result });

/** @param {Bench} bench @param {number} tasks @param {number} batch @param {boolean} [isNamed] with ids of the user's own */
const enqueue = async ({ store, meter, pass }, tasks, batch, isNamed = false) => {
  for (let from = 0; from < tasks; from += batch) {
    const some = counted(Math.min(batch, tasks - from)).map((at) => ({
      labourer,
      // As core does for a task that is given no id.
      id: (isNamed ? undefined : store.newId?.({ labourer })) ?? `0192f0c1a7b84d2e9f${String(from + at).padStart(14, '0')}`,
      payload,
    }));
    await meter.during('enqueue', () => store.enqueue(some));
    pass(10);
  }
};

/** @param {Bench} bench */
const maintain = async ({ store, meter, pass }) => {
  pass(300_000);
  for (let more = true; more; ) ({ more } = await meter.during('maintain', () => store.maintain([labourer])));
};

/**
 * Claims until nothing is left, so many at a time, and does with each batch of leases what `each` says.
 * @param {Bench} bench
 * @param {number} tasks
 * @param {number} batch
 * @param {(leases: readonly Lease[]) => Promise<number>} each answers how many tasks have ended with it
 */
const drain = async ({ store, meter, pass }, tasks, batch, each) => {
  for (let ended = 0, dry = 0; ended < tasks; ) {
    const { leases } = await meter.during('claim', () => store.claim(request(batch)));
    pass(1_000);
    dry = leases.length === 0 ? dry + 1 : 0;
    if (dry > 20) throw new Error(`nothing to claim with ${tasks - ended} of ${tasks} tasks left`);
    ended += await each(leases);
  }
};

/** Every task is enqueued by itself, a tick claims what the cap allows, and every worker reports by itself. @type {Life} */
export const byTicks = async (bench, tasks) => {
  await enqueue(bench, tasks, 1);
  await drainByTicks(bench, tasks);
};

/** @type {Life} */
const drainByTicks = async (bench, tasks) => {
  await drain(bench, tasks, CAP, async (leases) => {
    for (const lease of leases) await bench.meter.during('complete', () => bench.store.settle([completed(lease)]));
    return leases.length;
  });
  await maintain(bench);
};

/** The same with ids that the author of a task chose. @type {Life} */
export const byTicksNamed = async (bench, tasks) => {
  await enqueue(bench, tasks, 1, true);
  await drainByTicks(bench, tasks);
};

/** Every task is enqueued, claimed and reported on by itself: a new arrival each time. @type {Life} */
export const oneByOne = async (bench, tasks) => {
  await enqueue(bench, tasks, 1);
  await drain(bench, tasks, 1, async (leases) => {
    await bench.meter.during('complete', () => bench.store.settle(leases.map(completed)));
    return leases.length;
  });
  await maintain(bench);
};

/** A daemon's loop at its slowest: the report of each task goes with the claim of the next. @type {Life} */
export const exchanged = async (bench, tasks) => {
  const { store, meter, pass } = bench;
  await enqueue(bench, tasks, 1);
  let { leases } = await meter.during('claim', () => store.claim(request(1)));
  for (let done = leases.length; leases.length > 0; done += leases.length) {
    pass(1_000);
    ({ leases } = await meter.during('complete and claim', () => store.exchange(leases.map(completed), request(done < tasks ? 1 : 0))));
  }
  await maintain(bench);
};

/** @param {number} batch @returns {Life} enqueued, claimed and reported on so many at a time */
export const inBatches = (batch) => async (bench, tasks) => {
  await enqueue(bench, tasks, batch);
  await drain(bench, tasks, batch, async (leases) => {
    await bench.meter.during('complete', () => bench.store.settle(leases.map(completed)));
    return leases.length;
  });
  await maintain(bench);
};

/** One by one, and the first attempt of each fails. @type {Life} */
export const withRetry = async (bench, tasks) => {
  const { store, meter } = bench;
  await enqueue(bench, tasks, 1);
  await drain(bench, tasks, 1, async (leases) => {
    for (const lease of leases) {
      const { id, token } = lease;
      if (lease.attempt === 1)
        await meter.during('retry', () => store.settle([{ labourer, id, token, kind: 'retry', after: 0, error: 'not yet' }]));
      else await meter.during('complete', () => store.settle([completed(lease)]));
    }
    return leases.filter(({ attempt }) => attempt > 1).length;
  });
  await maintain(bench);
};

/** What a tick and a sweep ask of the store when none of a hundred labourers has anything to do. @param {Bench} bench */
export const idle = async ({ store, meter }) => {
  const labourers = counted(100).map((at) => `labourer-${at}`);
  await meter.during('tick', () => store.labourersWithDue(labourers));
  await meter.during('sweep: expired', () => store.expired(labourers, 100));
  await meter.during('sweep: maintain', () => store.maintain(labourers));
};
