import type { Clock, Millis } from '@reeve/core';
import type { Requests } from '../client/requests.ts';
import type { Hints } from '../ledger/hints.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Layout } from '../rows/layout.ts';

/** What every verb of the store works with. */
export interface Parts {
  readonly requests: Requests;
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly guard: Millis;
  readonly keepEnded: Millis;
  readonly keepClosed: Millis | undefined;
  /** A name that no other write of any process has: told apart by it, a write that the client repeated is known for our own. */
  readonly call: () => string;
  /** Counts up: the order of tasks of one millisecond. 0 to 999,999, and then again from 0. */
  readonly order: () => number;
}
