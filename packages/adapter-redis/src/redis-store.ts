import { Clock, Lifecycle, Operator, Outbox, Register, systemClock, TaskReader, TaskStore, WakeUps } from '@reeve/core';
import { ContainerModule } from 'inversify';
import type { RedisModuleOptions } from './options.ts';
import { RedisTaskStore } from './redis-task-store.ts';

/**
 * For `use`: keeps tasks in Redis, and lets processes wake each other.
 * @throws ReeveError INVALID_REDIS_STORE when the composition is built
 */
export const redisStore = (options: RedisModuleOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two stores in one composition are told apart, counted and refused.
    const own = Symbol('Redis store');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined) => new RedisTaskStore({ ...options, clock: clock ?? systemClock }),
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
