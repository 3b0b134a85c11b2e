import type { ConfigPath, ConfigSource, Piece } from '../piece.ts';
import { readText } from '../read-text.ts';
import { TOP_LEVEL } from '../top-level.ts';

export interface EnvOptions {
  /** Default `REEVE_`. */
  readonly prefix?: string;
  /** Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Variables: `REEVE_CONFIG` has the whole as JSON, `REEVE_LABOURERS` one member of it, and `REEVE_LABOURERS__mill__maxSimultaneousInvocations`
 * one value. A name all in capitals stands for the same in camel case: `REEVE_MAX_PAYLOAD_BYTES` is `maxPayloadBytes`. Others that begin so
 * and are no member of a configuration are left alone.
 */
export const fromEnv = ({ prefix = 'REEVE_', env = process.env }: EnvOptions = {}): ConfigSource => ({
  kind: 'env',
  name: 'the environment',
  read: async () =>
    Object.keys(env)
      .filter((name) => name.startsWith(prefix) && env[name] !== undefined)
      .map((name) => ({ name, path: pathOf(name.slice(prefix.length)) }))
      .filter(({ path }) => path.length === 0 || TOP_LEVEL.includes(path[0] ?? ''))
      // What says more of a place is laid over what says less.
      .sort((a, b) => a.path.length - b.path.length || (a.name < b.name ? -1 : 1))
      .map(({ name, path }): Piece => {
        const from = `the environment (${name})`;
        return { path, value: readText(env[name] ?? '', from), from };
      }),
});

const pathOf = (name: string): ConfigPath => (name === 'CONFIG' ? [] : name.split('__').map(memberOf));

const memberOf = (name: string): string =>
  /^[A-Z][A-Z0-9_]*$/.test(name) ? name.toLowerCase().replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name;
