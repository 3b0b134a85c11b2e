import type { ReeveOptions } from '@reeve/core';
import type { ContainerModule } from 'inversify';
import type { Configured } from '../config/configured.ts';
import type { AllSettings } from '../handlers/settings.ts';

/** What a handler serves: as `createReeve` takes it, or with its parts by name. */
export interface Parts extends Omit<ReeveOptions, 'use'> {
  readonly store?: ContainerModule;
  readonly invoker?: ContainerModule;
  readonly ecology?: ContainerModule | readonly ContainerModule[];
  /** Further parts. */
  readonly use?: readonly ContainerModule[];
  /** Settings of the handlers. What is given to a handler itself stands above them. */
  readonly lambda?: AllSettings;
}

/**
 * - parts as they are
 * - a function that makes them, called on the first invocation, and again if it failed
 * - `configured(...)`: from the environment, SSM and others
 */
export type Setup = Parts | (() => Parts | Promise<Parts>) | Configured;
