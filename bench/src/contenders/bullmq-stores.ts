import { type BullMqSettings, bullMq } from './bullmq.ts';
import type { Contender, Setup } from './contender.ts';
import { emptied, without } from './reset.ts';

export const bullMqOnRedis = (setup: Setup, settings: BullMqSettings = {}): Contender => {
  const { hostname: host, port } = new URL(setup.url);
  return bullMq(setup, { connection: { host, port: Number(port) }, onPostgres: false, reset: emptied(setup.url) }, settings);
};

/** @param connections of each process, at most; the default is pg's own */
export const bullMqOnPostgres = (
  setup: Setup,
  { connections = 10, ...settings }: BullMqSettings & { connections?: number } = {},
): Contender =>
  bullMq(
    setup,
    { connection: { connectionString: setup.url, max: connections, migrate: true }, onPostgres: true, reset: without(setup.url) },
    settings,
  );
