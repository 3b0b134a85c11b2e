import type { Chance } from '@reeve/core';

/** Orders tasks of one millisecond. */
const ORDERS = 1_000_000;

export interface Counters {
  /** A name that no other write of any process has: told apart by it, a write that the client repeated is known for our own. */
  readonly call: () => string;
  /** Counts up: the order of tasks of one millisecond. 0 to 999,999, and then again from 0. */
  readonly order: () => number;
}

export const countersOf = (chance: Chance): Counters => {
  const process = chance.id();
  let calls = 0;
  let orders = 0;
  return {
    call: () => {
      calls += 1;
      return `${process}.${calls.toString(36)}`;
    },
    order: () => {
      orders = (orders + 1) % ORDERS;
      return orders;
    },
  };
};
