import type { Chance, Clock, Millis } from '@reeve/core';
import type { Counters } from '../client/counters.ts';
import type { Requests } from '../client/requests.ts';
import type { Hints } from '../ledger/hints.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Marks } from '../ledger/marks.ts';
import type { Addresses } from './enqueue/addresses.ts';
import type { Lanes } from './enqueue/lanes.ts';
import type { History } from './history/history.ts';
import type { Priorities } from './lane/priorities.ts';
import type { Keeps } from './retention/keeps.ts';
import type { NativeShelf } from './shelf.ts';

/** What every verb of the store works with. */
export interface NativeParts extends Counters {
  readonly requests: Requests;
  readonly shelf: NativeShelf;
  readonly ledger: Ledger;
  readonly hints: Hints;
  readonly marks: Marks;
  readonly priorities: Priorities;
  readonly history: History;
  readonly addresses: Addresses;
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly guard: Millis;
  /** How far the readers of a lane trail behind the clock. */
  readonly window: Millis;
  readonly keeps: Keeps;
}
