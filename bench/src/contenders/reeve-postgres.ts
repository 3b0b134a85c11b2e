import { type PostgresModuleOptions, PostgresTaskStore, postgresStore } from '@reeve/adapter-postgres';
import type { Contender, Setup } from './contender.ts';
import { type ReeveSettings, reeve } from './reeve.ts';
import { without } from './reset.ts';
import { storeAlone } from './store-alone.ts';

export const reeveOnPostgres = (setup: Setup, options: PostgresModuleOptions = {}, settings: ReeveSettings = {}): Contender =>
  reeve(setup, () => postgresStore({ connection: setup.url, ...options }), without(setup.url), settings);

export const postgresAlone = (setup: Setup): Contender =>
  storeAlone(setup, () => PostgresTaskStore.open({ connection: setup.url }), reeveOnPostgres(setup));
