import {
  Chance,
  Clock,
  Labourers,
  Lifecycle,
  Operator,
  Outbox,
  Register,
  systemChance,
  systemClock,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { ContainerModule } from 'inversify';
import { DynamoDbTaskStore } from './dynamodb-task-store.ts';
import { DynamoDbNativeTaskStore } from './native/native-task-store.ts';
import type { DynamoDbModuleOptions } from './options.ts';

/**
 * For `use`: keeps tasks in DynamoDB, in sosw's greenfield tables, or with `layout: 'native'` in one of Reeve's own.
 * @throws ReeveError INVALID_DYNAMODB_STORE when the composition is built
 */
export const dynamodbStore = (options: DynamoDbModuleOptions = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two stores in one composition are told apart, counted and refused.
    const own = Symbol('DynamoDB store');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined, chance: Chance | undefined, labourers: Labourers | undefined) =>
          new (options.layout === 'native' ? DynamoDbNativeTaskStore : DynamoDbTaskStore)({
            ...options,
            clock: clock ?? systemClock,
            chance: chance ?? systemChance,
            capOf: (name) => labourers?.find(({ id }) => id === name)?.cap,
            keepOf: (name) => labourers?.find(({ id }) => id === name)?.keep,
          }),
        [
          { serviceIdentifier: Clock, optional: true },
          { serviceIdentifier: Chance, optional: true },
          { serviceIdentifier: Labourers, optional: true },
        ],
      )
      .inSingletonScope();
    bind(TaskStore).toService(own);
    bind(TaskReader).toService(own);
    bind(Operator).toService(own);
    bind(Register).toService(own);
    bind(Outbox).toService(own);
    bind(Lifecycle).toService(own);
  });
