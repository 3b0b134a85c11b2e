import { Clock, Lifecycle, Operator, Outbox, Register, systemClock, TaskReader, TaskStore, WakeUps } from '@reeve/core';
import { ContainerModule } from 'inversify';
import type { PostgresModuleOptions } from './options.ts';
import { PostgresTaskStore } from './postgres-task-store.ts';

/**
 * For `use`: keeps tasks in Postgres.
 * @throws ReeveError INVALID_POSTGRES_STORE when the composition is built
 */
export const postgresStore = (options: PostgresModuleOptions = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two stores in one composition are told apart, counted and refused.
    const own = Symbol('Postgres store');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined) => new PostgresTaskStore({ ...options, clock: clock ?? systemClock }),
        [{ serviceIdentifier: Clock, optional: true }],
      )
      .inSingletonScope();
    bind(TaskStore).toService(own);
    bind(TaskReader).toService(own);
    bind(Operator).toService(own);
    bind(Register).toService(own);
    bind(Outbox).toService(own);
    bind(Lifecycle).toService(own);
    bind(WakeUps).toService(own);
  });
