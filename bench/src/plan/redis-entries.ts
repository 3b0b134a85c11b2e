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
