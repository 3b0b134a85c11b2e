import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteTaskStore } from '@reeve/adapter-sqlite';
import { type Clock, MemoryTaskStore } from '@reeve/core';
import { onTestFinished } from 'vitest';

export type AnyStore = MemoryTaskStore | SqliteTaskStore;

/** Two ways to one store: that of the Orchestrator, and that of the Assistant. */
export interface Stores {
  readonly one: AnyStore;
  readonly two: AnyStore;
}

export const memory = async (clock: Clock): Promise<Stores> => {
  const store = new MemoryTaskStore({ clock });
  return { one: store, two: store };
};

/** Two connections to one file. */
export const sqlite = async (clock: Clock): Promise<Stores> => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-worker-'));
  const [one, two] = [
    new SqliteTaskStore({ file: join(folder, 'tasks.db'), clock }),
    new SqliteTaskStore({ file: join(folder, 'tasks.db'), clock }),
  ];
  await one.start();
  await two.start();
  onTestFinished(async () => {
    await one.close();
    await two.close();
    await rm(folder, { recursive: true });
  });
  return { one, two };
};
