import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, type StoreBench, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';

/** Two connections to one file. The schema lets no broken row in, so there is no `plantBroken`. */
const open = async (): Promise<StoreBench> => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-sqlite-'));
  const clock = new ManualClock();
  const file = join(folder, 'tasks.db');
  const [store, peer] = [await SqliteTaskStore.open({ file, clock }), await SqliteTaskStore.open({ file, clock })];
  return {
    store,
    peer,
    clock,
    dispose: async () => {
      await store.close();
      await peer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

testTaskStore({ describe, it }, 'sqlite', open);
