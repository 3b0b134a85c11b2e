import { join } from 'node:path';
import Database from 'libsql';
import type { StoreConfig } from '../stores.ts';
import type { Stage, StageOptions } from './stage.ts';

/** No server and no network: processes that die or stop with the file's lock in their hands, and somebody else who holds it. */
export const sqliteStage = async ({ folder }: StageOptions): Promise<Stage> => {
  const store: StoreConfig = { kind: 'sqlite', file: join(folder, 'tasks.db') };
  return {
    about: 'one file, synchronous FULL',
    store,
    direct: () => store,
    faults: {
      lock: async () => {
        const database = new Database(store.file);
        database.exec('PRAGMA busy_timeout = 1000');
        database.exec('BEGIN IMMEDIATE');
        return async () => {
          database.exec('ROLLBACK');
          database.close();
        };
      },
    },
    close: async () => {},
  };
};
