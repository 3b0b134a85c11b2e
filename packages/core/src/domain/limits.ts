import type { Millis } from './time.ts';

/** How many attempts of a labourer may start in a time, over all orchestrators. */
export interface Rate {
  readonly starts: number;
  readonly per: Millis;
  /** How many may start at once after a rest. The starts of any stretch of time are at most `starts` for each `per` of it, and these. */
  readonly burst: number;
}

/** What one running attempt takes of something that several labourers share. */
export interface Draw {
  /** The name of the resource. */
  readonly resource: string;
  readonly units: number;
  /** The units that the resource has. */
  readonly of: number;
}
