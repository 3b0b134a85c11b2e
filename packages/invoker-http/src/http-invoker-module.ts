import { Clock, Invoker, Lifecycle } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { HttpInvoker } from './http-invoker.ts';
import type { HttpInvokerOptions } from './options.ts';

/**
 * For `use`: hands tasks to HTTP endpoints.
 * @throws ReeveError INVALID_HTTP_INVOKER when the composition is built
 */
export const httpInvoker = (options: HttpInvokerOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two invokers in one composition are told apart, counted and refused.
    const own = Symbol('HTTP invoker');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined) => new HttpInvoker({ ...(clock && { clock }), ...options }),
        [{ serviceIdentifier: Clock, optional: true }],
      )
      .inSingletonScope();
    bind(Invoker).toService(own);
    bind(Lifecycle).toService(own);
  });
