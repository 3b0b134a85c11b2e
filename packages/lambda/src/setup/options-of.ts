import type { ReeveOptions } from '@reeve/core';
import type { ContainerModule } from 'inversify';
import type { Parts } from './setup.ts';

/** Parts by name, as `createReeve` takes them. What is missing it says by itself, with what would do. */
export const optionsOf = ({ store, invoker, ecology, use = [], lambda: _, ...rest }: Parts): ReeveOptions => ({
  ...rest,
  use: [store, invoker, ecology, use].flat().filter((each): each is ContainerModule => each !== undefined),
});
