import { RedisTaskStore, redisStore } from '@reeve/adapter-redis';
import type { Contender, Setup } from './contender.ts';
import { type ReeveSettings, reeve } from './reeve.ts';
import { emptied } from './reset.ts';
import { storeAlone } from './store-alone.ts';

export const reeveOnRedis = (setup: Setup, settings: ReeveSettings = {}): Contender =>
  reeve(setup, () => redisStore({ url: setup.url }), emptied(setup.url), settings);

export const redisAlone = (setup: Setup): Contender =>
  storeAlone(setup, () => RedisTaskStore.open({ url: setup.url }), reeveOnRedis(setup));
