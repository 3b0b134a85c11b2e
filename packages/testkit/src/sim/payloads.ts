import type { Json } from '@reeve/core';

/** What goes over the wire unharmed only if nobody looks inside. */
export const PAYLOADS: readonly Json[] = [
  { corn: 'rye' },
  {},
  [],
  [1, 2.5, 'three'],
  'a text',
  '00123',
  0,
  null,
  { token: 'forged', id: 'task-0', attempt: 99, labourer: 'nobody' },
  { constructor: 1, 'a-b c': { 'ключ\u2028': '\t\\"' } },
  { big: 9_007_199_254_740_991, small: 5e-324 },
];

/** Whom tasks are done for. */
export const KEYS: readonly string[] = ['ada', 'bob', 'ada:bob', 'ADA'];
