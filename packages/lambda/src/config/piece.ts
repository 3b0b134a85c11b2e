import type { Json } from '@reeve/core';

export type ConfigPath = readonly string[];
export type ConfigValue = { readonly [key: string]: Json };

/** One value that a source gives, and where it found it. */
export interface Piece {
  /** Where it belongs. Empty: it is the whole of a configuration. */
  readonly path: ConfigPath;
  readonly value: Json;
  /** For people: "the environment (REEVE_LABOURERS)". */
  readonly from: string;
  /** No message tells it. */
  readonly isSecret?: boolean;
}

export type SourceKind = 'code' | 'file' | 'sosw' | 'appconfig' | 'ssm' | 'env';

/** Where a part of the configuration comes from. */
export interface ConfigSource {
  /** Its place in the order in which sources are merged. */
  readonly kind: SourceKind;
  /** For people. */
  readonly name: string;
  /** @throws if it cannot be read: then there is no configuration */
  read(): Promise<readonly Piece[]>;
}

export const isDict = (value: Json | undefined): value is ConfigValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same form as in messages of core: `labourers.mill.target`. */
export const pathText = (path: ConfigPath): string => {
  const [first = '', ...others] = path;
  return others.reduce(
    (text, name) => text + (/^[\w.-]{1,128}$/.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 64))}]`),
    first,
  );
};
