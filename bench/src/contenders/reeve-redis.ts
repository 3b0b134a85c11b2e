import { redisStore } from '@reeve/adapter-redis';
import type { Contender, Setup } from './contender.ts';
import { reeve } from './reeve.ts';
import { emptied } from './reset.ts';

export const reeveOnRedis = (setup: Setup): Contender => reeve(setup, () => redisStore({ url: setup.url }), emptied(setup.url));
