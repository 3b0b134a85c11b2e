import { Clock, Lifecycle, Operator, Outbox, Register, systemClock, TaskReader, TaskStore } from '@reeve/core';
import { ContainerModule } from 'inversify';
import type { SqliteModuleOptions } from './options.ts';
import { SqliteTaskStore } from './sqlite-task-store.ts';

/**
 * For `use`: keeps tasks in a SQLite file.
 * @throws ReeveError INVALID_SQLITE_STORE when the composition is built
 */
export const sqliteStore = (options: SqliteModuleOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two stores in one composition are told apart, counted and refused.
    const own = Symbol('sqlite store');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined) => new SqliteTaskStore({ ...options, clock: clock ?? systemClock }),
        [{ serviceIdentifier: Clock, optional: true }],
      )
      .inSingletonScope();
    bind(TaskStore).toService(own);
    bind(TaskReader).toService(own);
    bind(Operator).toService(own);
    bind(Register).toService(own);
    bind(Outbox).toService(own);
    bind(Lifecycle).toService(own);
  });
