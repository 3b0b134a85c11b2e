import type { GraphileSettings } from '../contenders/graphile-worker.ts';
import type { PgBossSettings } from '../contenders/pg-boss.ts';
import type { Entry } from './entries.ts';
import type { WorkloadId } from './workloads.ts';

const enqueues: readonly WorkloadId[] = ['enqueue-1', 'enqueue-50', 'bulk'];
const drains: readonly WorkloadId[] = ['drain-10', 'drain-100', 'two-processes', 'backlog-short', 'backlog'];

const reeve = async () => (await import('../contenders/reeve-postgres.ts')).reeveOnPostgres;
const bullMq = async () => (await import('../contenders/bullmq-stores.ts')).bullMqOnPostgres;
const pgBoss = async () => (await import('../contenders/pg-boss.ts')).pgBoss;
const graphile = async () => (await import('../contenders/graphile-worker.ts')).graphileWorker;

/** What it may do to fetch without pause while there is work: look at the length of the queue every second. */
const burst: PgBossSettings = {
  boss: { max: 25, monitorIntervalSeconds: 1, superviseIntervalSeconds: 1, queueCacheIntervalSeconds: 1 },
  work: { burstWhenReadyExceeds: 1 },
};
const batches: PgBossSettings = {
  work: { localConcurrency: 4, batchSize: 500, burstWhenBatchFull: true, perJobResults: true },
  piece: 5_000,
};
const notified: PgBossSettings = { boss: { useListenNotify: true }, queue: { notify: true } };

/** graphile-worker warns of more in flight than there are connections. */
const PREFETCHERS = 24;

const prefetching: GraphileSettings = {
  connections: 25,
  piece: 5_000,
  worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
};

export const ofPostgres: readonly Entry[] = [
  {
    id: 'reeve',
    store: 'postgres',
    framework: 'reeve',
    name: 'Reeve',
    says: 'Defaults: the strict cap over all processes, fenced leases, completed tasks kept for 7 days.',
    workloads: [...enqueues, ...drains, 'latency'],
    open: async (setup) => (await reeve())(setup),
  },
  {
    id: 'reeve-unkept',
    store: 'postgres',
    framework: 'reeve',
    name: 'Reeve, nothing kept',
    says: '`keepEnded: 0`: completed tasks are not kept, as graphile-worker does it.',
    workloads: ['drain-10', 'drain-100'],
    open: async (setup) => (await reeve())(setup, { keepEnded: 0 }),
  },
  {
    id: 'reeve-ahead',
    store: 'postgres',
    framework: 'reeve',
    name: 'Reeve, claiming ahead',
    says: 'A cap of twice what runs at once (`parallelism`): as many again are claimed ahead, as the local queue of graphile-worker does it.',
    workloads: ['drain-10', 'drain-100'],
    open: async (setup) => (await reeve())(setup, {}, { ahead: 2 }),
  },
  {
    id: 'reeve-keys',
    store: 'postgres',
    framework: 'reeve',
    name: 'Reeve, 100 tenants',
    says: 'The tasks belong to 100 tenants by turns; `perKey: 2`, strict over all processes, and tenants take turns.',
    workloads: ['bulk', 'drain-100'],
    open: async (setup) => (await reeve())(setup, {}, { keys: 100 }),
  },
  {
    id: 'store',
    store: 'postgres',
    framework: 'store',
    name: 'the store alone',
    says: 'No framework: two lanes that give verdicts to the store of Reeve and are given leases, and nothing else. What a run loop can reach at most.',
    workloads: ['drain-10', 'drain-100'],
    open: async (setup) => (await import('../contenders/reeve-postgres.ts')).postgresAlone(setup),
  },
  {
    id: 'bullmq',
    store: 'postgres',
    framework: 'bullmq',
    name: 'BullMQ, default',
    says: 'Defaults of its Postgres backend, `concurrency` as the workload says. Completed jobs are kept.',
    workloads: [...enqueues, ...drains, 'latency'],
    open: async (setup) => (await bullMq())(setup),
  },
  {
    id: 'bullmq-unkept',
    store: 'postgres',
    framework: 'bullmq',
    name: 'BullMQ, nothing kept',
    says: '`removeOnComplete: { count: 0 }` 25 connections, `addBulk` of 5,000.',
    workloads: ['bulk', 'drain-10', 'drain-100'],
    open: async (setup) => (await bullMq())(setup, { removes: true, connections: 25, piece: 5_000 }),
  },
  {
    id: 'pg-boss',
    store: 'postgres',
    framework: 'pg-boss',
    name: 'pg-boss, default',
    says: 'Defaults, `localConcurrency` as the workload says: each place polls every 2 s for one job.',
    workloads: [...enqueues, 'drain-10', 'latency'],
    open: async (setup) => (await pgBoss())(setup),
  },
  {
    id: 'pg-boss-burst',
    store: 'postgres',
    framework: 'pg-boss',
    name: 'pg-boss, one job each',
    says: 'Its best with one handler per job: `burstWhenReadyExceeds: 1`, its intervals at 1 s, 25 connections.',
    workloads: ['drain-10', 'drain-100', 'two-processes'],
    // Its first look is after 2 s, and only then it fetches without pause.
    limit: 10_000,
    open: async (setup) => (await pgBoss())(setup, burst),
  },
  {
    id: 'pg-boss-best',
    store: 'postgres',
    framework: 'pg-boss',
    name: 'pg-boss, best',
    says: 'Batches: 4 handlers of 500 jobs each (so up to 2,000 in flight), `burstWhenBatchFull`, `perJobResults`; `insert` of 5,000.',
    workloads: ['bulk', 'drain-100', 'two-processes', 'backlog-short', 'backlog'],
    open: async (setup) => (await pgBoss())(setup, batches),
  },
  {
    id: 'pg-boss-notify',
    store: 'postgres',
    framework: 'pg-boss',
    name: 'pg-boss, notified',
    says: 'Its best for latency: `useListenNotify`, and `notify` on the queue.',
    workloads: ['latency'],
    open: async (setup) => (await pgBoss())(setup, notified),
  },
  {
    id: 'graphile-worker',
    store: 'postgres',
    framework: 'graphile-worker',
    name: 'graphile-worker, default',
    says: 'Defaults, `concurrentJobs` as the workload says. Completed jobs are not kept.',
    workloads: [...enqueues, ...drains, 'latency'],
    open: async (setup) => (await graphile())(setup),
  },
  {
    id: 'graphile-worker-best',
    store: 'postgres',
    framework: 'graphile-worker',
    name: 'graphile-worker, best',
    says: '`localQueue: { size: 500 }`, `completeJobBatchDelay: 0`, `failJobBatchDelay: 0`, 25 connections, at most 24 in flight, `addJobs` of 5,000.',
    workloads: ['bulk', ...drains],
    open: async (setup) => (await graphile())({ ...setup, concurrency: Math.min(setup.concurrency, PREFETCHERS) }, prefetching),
  },
];
