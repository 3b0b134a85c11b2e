import { type Contender, inPieces, type Payload, type Setup } from './contender.ts';
import { without } from './reset.ts';
import { loadRival } from './rivals.ts';

/** The part of graphile-worker that is used here. */
interface Graphile {
  readonly Logger: new (factory: () => (level: string, message: string) => void) => object;
  readonly makeWorkerUtils: (options: object) => Promise<Utils>;
  readonly run: (options: object) => Promise<Runner>;
}

interface Utils {
  migrate(): Promise<void>;
  addJob(name: string, payload: Payload): Promise<unknown>;
  addJobs(jobs: readonly { readonly identifier: string; readonly payload: Payload }[]): Promise<unknown>;
  release(): Promise<void>;
}

interface Runner {
  readonly promise: Promise<void>;
  stop(): Promise<void>;
}

export interface GraphileSettings {
  /** Of the preset's worker. */
  readonly worker?: Readonly<Record<string, unknown>>;
  /** Of each process, at most; the default is pg's own. */
  readonly connections?: number;
  /** Jobs in a call of addJobs. Default all. */
  readonly piece?: number;
}

const TASK = 'task';

export const graphileWorker = (setup: Setup, { worker = {}, connections = 10, piece }: GraphileSettings = {}): Contender => {
  process.env['NO_LOG_SUCCESS'] = '1'; // a line per job would be measured with it
  const load = async () => {
    const module = await loadRival<Graphile>('graphile-worker');
    const logger = new module.Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') console.error('graphile-worker', message);
    });
    return { module, logger };
  };
  const utils = async (): Promise<Utils> => {
    const { module, logger } = await load();
    return module.makeWorkerUtils({ connectionString: setup.url, maxPoolSize: connections, logger });
  };
  return {
    reset: async () => {
      await without(setup.url)();
      const opened = await utils();
      await opened.migrate();
      await opened.release();
    },
    producer: async () => {
      const opened = await utils();
      const { counter } = await import('../stores/postgres.ts');
      const counts = await counter(setup.url, 'SELECT count(*) FROM graphile_worker._private_jobs');
      return {
        add: (payload) => opened.addJob(TASK, payload),
        addMany: (payloads) =>
          inPieces(payloads, piece ?? payloads.length, (some) => opened.addJobs(some.map((payload) => ({ identifier: TASK, payload })))),
        unfinished: counts.now,
        close: async () => {
          await counts.close();
          await opened.release();
        },
      };
    },
    worker: async (handler) => {
      const { module, logger } = await load();
      const preset = { worker: { connectionString: setup.url, concurrentJobs: setup.concurrency, maxPoolSize: connections, ...worker } };
      let runner: Runner | undefined;
      return {
        // It connects as it starts, so that is within the time; 10 ms of it.
        start: async () => {
          runner = await module.run({ logger, noHandleSignals: true, preset, taskList: { [TASK]: handler } });
          runner.promise.catch((error: unknown) => console.error('graphile-worker', error));
        },
        close: async () => runner?.stop(),
      };
    },
  };
};
