/** A store over tables in which everything stands as at one stage of a recording, at that stage's instant. */
import type { Clock, TaskReader, TaskStore } from '@reeve/core';
import { defaultTables, type GreenfieldTables } from '../../src/config/greenfield-tables.ts';
import { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import type { TestDynamoDb } from '../tables/server.ts';
import { PythonView } from './python-view.ts';
import type { Stage } from './recorded.ts';

export interface TestClock extends Clock {
  set(now: number): void;
}

export interface Opened {
  readonly store: TaskStore & TaskReader;
  readonly clock: TestClock;
  readonly view: PythonView;
  readonly tables: GreenfieldTables;
  /** Epoch seconds. */
  readonly now: number;
}

/** Stands still until it is set; nobody waits on it. */
const clockAt = (start: number): TestClock => {
  let now = start;
  return {
    now: () => now,
    sleep: async () => {},
    set: (to) => {
      now = to;
    },
  };
};

export const openAt = async ({ client, prefix }: TestDynamoDb, stage: Stage): Promise<Opened> => {
  const tables = defaultTables(prefix());
  await createTables(client, tables);
  const clock = clockAt(stage.now * 1_000);
  const view = new PythonView(client, tables);
  await view.restore(stage);
  const store = new DynamoDbTaskStore({ client, tables, clock, lookForSosw: 0 });
  return { store, clock, view, tables, now: stage.now };
};
