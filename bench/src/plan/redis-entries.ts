import type { Entry } from './entries.ts';
import type { WorkloadId } from './workloads.ts';

const enqueues: readonly WorkloadId[] = ['enqueue-1', 'enqueue-50', 'bulk'];
const drains: readonly WorkloadId[] = ['drain-10', 'drain-100', 'two-processes', 'backlog-short', 'backlog'];

const bullMq = async () => (await import('../contenders/bullmq-stores.ts')).bullMqOnRedis;

export const ofRedis: readonly Entry[] = [
  {
    id: 'reeve',
    store: 'redis',
    framework: 'reeve',
    name: 'Reeve',
    says: 'Defaults: the strict cap over all processes, fenced leases, the last 100,000 completed tasks kept.',
    workloads: [...enqueues, ...drains, 'latency'],
    open: async (setup) => (await import('../contenders/reeve-redis.ts')).reeveOnRedis(setup),
  },
  {
    id: 'reeve-keys',
    store: 'redis',
    framework: 'reeve',
    name: 'Reeve, 100 tenants',
    says: 'The tasks belong to 100 tenants by turns; `perKey: 2`, strict over all processes, and tenants take turns.',
    workloads: ['bulk', 'drain-100'],
    open: async (setup) => (await import('../contenders/reeve-redis.ts')).reeveOnRedis(setup, { keys: 100 }),
  },
  {
    id: 'store',
    store: 'redis',
    framework: 'store',
    name: 'the store alone',
    says: 'No framework: two lanes that give verdicts to the store of Reeve and are given leases, and nothing else. What a run loop can reach at most.',
    workloads: ['drain-10', 'drain-100'],
    open: async (setup) => (await import('../contenders/reeve-redis.ts')).redisAlone(setup),
  },
  {
    id: 'bullmq',
    store: 'redis',
    framework: 'bullmq',
    name: 'BullMQ, default',
    says: 'Defaults, `concurrency` as the workload says. Completed jobs are kept.',
    workloads: [...enqueues, ...drains, 'latency'],
    open: async (setup) => (await bullMq())(setup),
  },
  {
    id: 'bullmq-best',
    store: 'redis',
    framework: 'bullmq',
    name: 'BullMQ, best',
    says: '`removeOnComplete: { count: 0 }`: nothing is kept. `addBulk` of 1,000.',
    workloads: ['bulk', ...drains],
    open: async (setup) => (await bullMq())(setup, { removes: true, piece: 1_000 }),
  },
];
