import { type ConfigSource, type Configured, configured, fromSsm, type Parts, sourcesInEnv } from '@reeve/lambda';

/**
 * What the functions run on: all that the construct says of them stands in REEVE_CONFIG, or, where that would be too long, in parameters
 * below REEVE_CONFIG_PATH.
 * @param parts in the place of those that a configuration makes
 */
export const setupWith = (parts: Partial<Parts>, env: Readonly<Record<string, string | undefined>> = process.env): Configured => {
  const path = env['REEVE_CONFIG_PATH'];
  return configured({ sources: [...(path === undefined ? [] : [partsBelow(path)]), ...sourcesInEnv(env)], parts });
};

/** Each parameter holds a part of the whole, whatever its name. */
const partsBelow = (path: string): ConfigSource => {
  const source = fromSsm({ path });
  return { ...source, read: async () => (await source.read()).map((piece) => ({ ...piece, path: [] })) };
};
