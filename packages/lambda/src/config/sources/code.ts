import type { ConfigSource, ConfigValue } from '../piece.ts';

/** An object of your own code: the lowest of all by default. */
export const fromCode = (value: ConfigValue): ConfigSource => ({
  kind: 'code',
  name: 'code',
  read: async () => [{ path: [], value, from: 'code' }],
});
