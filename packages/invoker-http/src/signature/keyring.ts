import type { Problem } from '@reeve/core';
import { keyOf, SECRET_REMEDY, secretProblem } from './secret.ts';

/** While a secret is being changed there are two: both sign, and either is believed. */
export interface SecretPair {
  /** `whsec_` and 24 to 64 bytes in base64. */
  readonly current: string;
  readonly previous?: string;
}

/** One pair for all labourers, pairs by labourer, or both: then the first is for those that have none of their own. */
export type Secrets =
  | (SecretPair & { readonly byLabourer?: Readonly<Record<string, SecretPair>> })
  | { readonly current?: never; readonly previous?: never; readonly byLabourer: Readonly<Record<string, SecretPair>> };

/** What is wrong with the secrets, without a character of them. */
export const secretsProblems = (secrets: unknown, path: string): readonly Problem[] => {
  if (!isObject(secrets)) return [{ path, problem: `is missing; give { current: '...' }: ${SECRET_REMEDY}` }];
  const { byLabourer, ...pair } = secrets;
  const problems: Problem[] = [];
  if (byLabourer === undefined || Object.keys(pair).length > 0) problems.push(...pairProblems(pair, path));
  if (byLabourer === undefined) return problems;
  if (!isObject(byLabourer))
    return [...problems, { path: `${path}.byLabourer`, problem: 'is no object; give pairs of secrets by labourer' }];
  return [...problems, ...Object.entries(byLabourer).flatMap(([id, each]) => pairProblems(each, `${path}.byLabourer.${id}`))];
};

const pairProblems = (pair: unknown, path: string): readonly Problem[] => {
  if (!isObject(pair)) return [{ path, problem: 'is no pair of secrets; give { current: ... }' }];
  const names = Object.keys(pair).filter((name) => name !== 'current' && name !== 'previous');
  return [
    ...names.map((name) => ({ path: `${path}.${name}`, problem: 'is none of current and previous; leave it out' })),
    ...problemOf(pair['current'], `${path}.current`),
    ...(pair['previous'] === undefined ? [] : problemOf(pair['previous'], `${path}.previous`)),
  ];
};

const problemOf = (secret: unknown, path: string): readonly Problem[] => {
  const problem = secretProblem(secret);
  return problem === undefined ? [] : [{ path, problem }];
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Which keys are whose. What it holds is shown to nobody. */
export class Keyring {
  readonly #common: readonly Buffer[];
  readonly #own: ReadonlyMap<string, readonly Buffer[]>;
  readonly #all: readonly Buffer[];

  /** @param secrets without problems */
  constructor({ byLabourer = {}, ...pair }: Secrets) {
    // One object for each secret, however often it is given, so that each is tried once and is the same key for all it is given for.
    const known = new Map<string, Buffer>();
    const keysOf = ({ current, previous }: Partial<SecretPair>): readonly Buffer[] =>
      [current, previous].flatMap((secret) => {
        if (secret === undefined) return [];
        const key = known.get(secret) ?? keyOf(secret);
        known.set(secret, key);
        return [key];
      });
    this.#common = keysOf(pair);
    this.#own = new Map(Object.entries(byLabourer).map(([id, own]) => [id, keysOf(own)]));
    this.#all = [...known.values()];
  }

  /** The current one first. Empty: this labourer has none. */
  of(labourer: string): readonly Buffer[] {
    return this.#own.get(labourer) ?? this.#common;
  }

  get all(): readonly Buffer[] {
    return this.#all;
  }

  /** Whether one of these keys, of `all`, may speak for a labourer. */
  speaksFor(keys: readonly Buffer[], labourer: string): boolean {
    return this.of(labourer).some((each) => keys.includes(each));
  }
}
