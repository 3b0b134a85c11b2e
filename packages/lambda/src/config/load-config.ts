import { createReeve, type Reeve } from '@reeve/core';
import { optionsOf } from '../setup/options-of.ts';
import type { Parts } from '../setup/setup.ts';
import { blame } from './blame.ts';
import { merge } from './merge.ts';
import { partsOf } from './parts-of.ts';
import type { ConfigSource, ConfigValue, SourceKind } from './piece.ts';
import { pathText } from './piece.ts';

/** Later ones are laid over earlier ones. */
export const SOURCE_ORDER: readonly SourceKind[] = ['code', 'file', 'sosw', 'appconfig', 'ssm', 'env'];

export interface LoadConfigOptions {
  readonly sources: readonly ConfigSource[];
  /** `kind` (default): as `SOURCE_ORDER` says, and those of one kind as they are listed. `listed`: all as they are listed. */
  readonly order?: 'kind' | 'listed';
  /** Parts of your own code, in the place of those that a configuration makes or beside them. */
  readonly parts?: Partial<Parts> | ((value: ConfigValue) => Partial<Parts> | Promise<Partial<Parts>>);
}

export interface LoadedConfig {
  readonly value: ConfigValue;
  /** Which source spoke last of this place: `['labourers', 'mill', 'target']`. */
  sourceOf(path: readonly string[]): string | undefined;
  /** What a handler serves. @throws ReeveError INVALID_CONFIG, and as the parts do: each problem with its source */
  parts(): Promise<Parts>;
  /** The same fault, each problem with its source. */
  explain(error: unknown): unknown;
  /** The composition, checked as a whole. @throws ReeveError as `createReeve` does, each problem with its source */
  reeve(): Promise<Reeve>;
}

/**
 * Reads all sources, side by side, and merges them.
 * @throws ReeveError INVALID_CONFIG, SDK_MISSING, or what a source's client throws
 */
export const loadConfig = async ({ sources, order = 'kind', parts: own = {} }: LoadConfigOptions): Promise<LoadedConfig> => {
  const inOrder = order === 'listed' ? sources : SOURCE_ORDER.flatMap((kind) => sources.filter((each) => each.kind === kind));
  const pieces = await Promise.all(inOrder.map((each) => each.read()));
  const merged = merge(pieces.flat());
  const explain = (error: unknown): unknown => blame(error, merged);
  const explained = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error);
    }
  };
  const parts = (): Promise<Parts> =>
    explained(async () => partsOf(merged.value, typeof own === 'function' ? await own(merged.value) : own));
  return {
    value: merged.value,
    sourceOf: (path) => merged.origins.get(pathText(path))?.from,
    parts,
    explain,
    reeve: () => explained(async () => createReeve(optionsOf(await parts()))),
  };
};
