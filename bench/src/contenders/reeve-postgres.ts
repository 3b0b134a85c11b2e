import { type PostgresModuleOptions, postgresStore } from '@reeve/adapter-postgres';
import type { Contender, Setup } from './contender.ts';
import { reeve } from './reeve.ts';
import { without } from './reset.ts';

export const reeveOnPostgres = (setup: Setup, options: PostgresModuleOptions = {}, ahead?: number): Contender =>
  reeve(setup, () => postgresStore({ connection: setup.url, ...options }), without(setup.url), ahead);
