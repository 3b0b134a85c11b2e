import { type Contender, inPieces, type Payload, type Setup } from './contender.ts';
import { loadRival } from './rivals.ts';

/** The part of BullMQ that is used here. */
interface BullMq {
  readonly Queue: new (name: string, options: object, backend?: unknown) => Queue;
  readonly Worker: new (name: string, handler: (job: Job) => Promise<void>, options: object, backend?: unknown) => QueueWorker;
  readonly createPostgresBackend: unknown;
}

interface Job {
  readonly data: Payload;
}

interface Queue {
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: Payload): Promise<unknown>;
  addBulk(jobs: readonly { readonly name: string; readonly data: Payload }[]): Promise<unknown>;
  getJobCounts(...states: readonly string[]): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

interface QueueWorker {
  on(name: 'error', listener: (error: unknown) => void): void;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(): Promise<void>;
}

export interface BullMqSettings {
  /** Completed jobs are removed as they complete. Default: all are kept. */
  readonly removes?: boolean;
  /** Jobs in a call of addBulk. Default all. */
  readonly piece?: number;
}

export interface BullMqStore {
  readonly connection: object;
  readonly onPostgres: boolean;
  readonly reset: () => Promise<void>;
}

const QUEUE = 'bench';
const OPEN = ['wait', 'active', 'prioritized', 'delayed'];

export const bullMq = ({ concurrency }: Setup, store: BullMqStore, { removes = false, piece }: BullMqSettings): Contender => {
  const load = async () => {
    const { Queue, Worker, createPostgresBackend } = await loadRival<BullMq>('bullmq');
    return { Queue, Worker, backend: store.onPostgres ? [createPostgresBackend] : [] };
  };
  const { connection, reset } = store;
  return {
    reset,
    producer: async () => {
      const { Queue, backend } = await load();
      const queue = new Queue(QUEUE, { connection }, ...backend);
      await queue.waitUntilReady();
      return {
        add: (data) => queue.add('task', data),
        addMany: (payloads) =>
          inPieces(payloads, piece ?? payloads.length, (some) => queue.addBulk(some.map((data) => ({ name: 'task', data })))),
        unfinished: async () => Object.values(await queue.getJobCounts(...OPEN)).reduce((sum, count) => sum + count, 0),
        close: () => queue.close(),
      };
    },
    worker: async (handler) => {
      const { Worker, backend } = await load();
      const options = { connection, concurrency, autorun: false, ...(removes && { removeOnComplete: { count: 0 } }) };
      const worker = new Worker(QUEUE, ({ data }) => handler(data), options, ...backend);
      worker.on('error', (error) => console.error('bullmq', error));
      await worker.waitUntilReady();
      return {
        start: async () => {
          worker.run().catch((error: unknown) => console.error('bullmq', error));
        },
        close: () => worker.close(),
      };
    },
  };
};
