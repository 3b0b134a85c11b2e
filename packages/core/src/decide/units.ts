import type { EpochMs } from '../domain/time.ts';

/**
 * Who holds how many units of a resource, and until when: a claim's token, with the units of all attempts it started. A holder that
 * nobody ends, since whoever made it has crashed, holds them until its leases have run out, and no longer.
 */
export type Holders = Readonly<Record<string, readonly [units: number, until: EpochMs]>>;

/** The units that are held now. */
export const unitsHeld = (holders: Holders, now: EpochMs): number =>
  Object.values(holders).reduce((sum, [units, until]) => (until > now ? sum + units : sum), 0);

const living = (holders: Holders, now: EpochMs): Record<string, readonly [number, EpochMs]> =>
  Object.fromEntries(Object.entries(holders).filter(([, [, until]]) => until > now));

export interface Holding {
  readonly token: string;
  /** How many attempts it wants to start. */
  readonly wanted: number;
  /** What each of them takes, of how many there are. */
  readonly units: number;
  readonly of: number;
  readonly until: EpochMs;
}

/** @returns how many of the attempts may start, and the holders then */
export const takeUnits = (
  holders: Holders,
  { token, wanted, units, of, until }: Holding,
  now: EpochMs,
): { granted: number; holders: Holders } => {
  const held = living(holders, now);
  const granted = Math.max(0, Math.min(wanted, Math.floor((of - unitsHeld(held, now)) / units)));
  return { granted, holders: granted === 0 ? held : { ...held, [token]: [granted * units, until] } };
};

/** A holder without any is forgotten. */
const lower = (held: Record<string, readonly [number, EpochMs]>, token: string, units: number): void => {
  const holder = held[token];
  if (holder && units > 0) held[token] = [units, holder[1]];
  else delete held[token];
};

/** Units of these holders are free again. */
export const giveUnitsBack = (holders: Holders, back: ReadonlyMap<string, number>, now: EpochMs): Holders => {
  const held = living(holders, now);
  for (const [token, units] of back) {
    const holder = held[token];
    if (!holder) continue;
    lower(held, token, holder[0] - units);
  }
  return held;
};

/** From now on these holders hold no more than this. */
export const holdNoMore = (holders: Holders, most: ReadonlyMap<string, number>, now: EpochMs): Holders => {
  const held = living(holders, now);
  for (const [token, units] of most) {
    const holder = held[token];
    if (holder && holder[0] > units) lower(held, token, units);
  }
  return held;
};

/** These holders hold what they have until these instants at least. One that is gone cannot be brought back. */
export const holdUnitsUntil = (holders: Holders, until: ReadonlyMap<string, EpochMs>, now: EpochMs): Holders => {
  const held = living(holders, now);
  for (const [token, instant] of until) {
    const holder = held[token];
    if (holder) held[token] = [holder[0], Math.max(holder[1], instant)];
  }
  return held;
};
