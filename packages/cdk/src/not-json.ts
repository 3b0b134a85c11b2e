import type { Problem } from '@reeve/core';

/** What in a value JSON would lose without a word, such as a function. A configuration travels as JSON. */
export const notJson = (path: string, value: unknown): readonly Problem[] => {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [problem(path, `is ${value}`)];
  if (Array.isArray(value)) return value.flatMap((each, n) => notJson(`${path}.${n}`, each));
  if (typeof value === 'object' && isPlain(value)) {
    return Object.entries(value).flatMap(([name, each]) => notJson(`${path}.${name}`, each));
  }
  return [problem(path, typeof value === 'object' ? `is a ${value.constructor.name}` : `is a ${typeof value}`)];
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const problem = (path: string, is: string): Problem => ({
  path,
  problem: `${is}, which a configuration cannot carry; write it as JSON, or give code of your own with entry`,
});
