import type { Store, WholeStore } from './bench.ts';

const VERBS = ['cancel', 'bury', 'redrive', 'replace', 'look', 'change', 'outbox', 'takeOut'] as const;

/** Whether it has the ports that not every store has. */
export const isWhole = (store: Store): store is WholeStore => VERBS.every((verb) => typeof Reflect.get(store, verb) === 'function');
