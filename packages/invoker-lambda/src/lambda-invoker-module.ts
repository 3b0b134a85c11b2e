import { Invoker, Lifecycle } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { LambdaInvoker } from './lambda-invoker.ts';
import type { LambdaInvokerOptions } from './options.ts';

/**
 * For `use`: hands tasks to Lambda functions.
 * @throws ReeveError INVALID_LAMBDA_INVOKER when the composition is built
 */
export const lambdaInvoker = (options: LambdaInvokerOptions = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two invokers in one composition are told apart, counted and refused.
    const own = Symbol('Lambda invoker');
    bind(own)
      .toDynamicValue(() => new LambdaInvoker(options))
      .inSingletonScope();
    bind(Invoker).toService(own);
    bind(Lifecycle).toService(own);
  });
