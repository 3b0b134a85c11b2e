import { type Contender, inPieces, type Payload, type Setup } from './contender.ts';
import { without } from './reset.ts';
import { loadRival } from './rivals.ts';

/** The part of pg-boss that is used here. */
interface PgBossModule {
  readonly PgBoss: new (options: object) => Boss;
}

interface Job {
  readonly id: string;
  readonly data: Payload;
}

interface Boss {
  on(name: 'error' | 'warning', listener: (event: unknown) => void): void;
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: Payload): Promise<unknown>;
  insert(name: string, jobs: readonly { readonly data: Payload }[]): Promise<unknown>;
  work(name: string, options: object, handler: (jobs: readonly Job[]) => Promise<unknown>): Promise<unknown>;
}

export interface PgBossSettings {
  /** Of the instance, beside its connection. */
  readonly boss?: object;
  readonly queue?: object;
  /** Of `work`. A handler per place in flight is the default. */
  readonly work?: { readonly batchSize?: number; readonly perJobResults?: boolean } & Readonly<Record<string, unknown>>;
  /** Jobs in a call of insert. Default all. */
  readonly piece?: number;
}

const QUEUE = 'bench';

export const pgBoss = (setup: Setup, { boss = {}, queue = {}, work = {}, piece }: PgBossSettings = {}): Contender => {
  const open = async (more: object = {}): Promise<Boss> => {
    const { PgBoss } = await loadRival<PgBossModule>('pg-boss');
    const opened = new PgBoss({ connectionString: setup.url, ...boss, ...more });
    opened.on('error', (error) => console.error('pg-boss', error));
    await opened.start();
    return opened;
  };
  return {
    reset: async () => {
      await without(setup.url)();
      const opened = await open();
      await opened.createQueue(QUEUE, queue);
      await opened.stop({ graceful: false });
    },
    producer: async () => {
      const opened = await open({ supervise: false, schedule: false });
      const { counter } = await import('../stores/postgres.ts');
      const counts = await counter(setup.url, `SELECT count(*) FROM pgboss.job WHERE name = '${QUEUE}' AND state < 'completed'`);
      return {
        add: (data) => opened.send(QUEUE, data),
        addMany: (payloads) =>
          inPieces(payloads, piece ?? payloads.length, (some) =>
            opened.insert(
              QUEUE,
              some.map((data) => ({ data })),
            ),
          ),
        unfinished: counts.now,
        close: async () => {
          await counts.close();
          await opened.stop({ graceful: false });
        },
      };
    },
    worker: async (handler) => {
      const opened = await open();
      const handleAll = async (jobs: readonly Job[]): Promise<unknown> => {
        await Promise.all(jobs.map(({ data }) => handler(data)));
        return work.perJobResults ? jobs.map(({ id }) => ({ id, status: 'completed' })) : undefined;
      };
      return {
        start: async () => {
          await opened.work(QUEUE, { localConcurrency: setup.concurrency, ...work }, handleAll);
        },
        close: () => opened.stop({ graceful: true, timeout: 5_000 }),
      };
    },
  };
};
