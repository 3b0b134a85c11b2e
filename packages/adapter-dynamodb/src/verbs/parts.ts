import type { Clock, Millis } from '@reeve/core';
import type { Counters } from '../client/counters.ts';
import type { Requests } from '../client/requests.ts';
import type { Hints } from '../ledger/hints.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Marks } from '../ledger/marks.ts';
import type { Layout } from '../rows/layout.ts';

/** What every verb of the store works with. */
export interface Parts extends Counters {
  readonly requests: Requests;
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly hints: Hints;
  readonly marks: Marks;
  readonly clock: Clock;
  readonly guard: Millis;
  readonly keepEnded: Millis;
  readonly keepClosed: Millis | undefined;
}
