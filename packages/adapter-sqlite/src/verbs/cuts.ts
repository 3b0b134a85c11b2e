import { type EpochMs, MINUTE } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { type EndedState, forEachState } from './ended-states.ts';

/** An end, in the order of ends: it and those before it may be forgotten. */
export interface Cut {
  readonly endedAt: EpochMs;
  readonly seq: number;
}

/** The newest of which there are so many newer ones, those in the outbox included. It walks that far through both indexes, and reads no task. */
export const CUT: Readonly<Record<EndedState, string>> = forEachState((state) => {
  const ends = (where: string): string => `SELECT ended_at, seq FROM tasks WHERE ${where} AND labourer = ?1 AND state = '${state}'`;
  return `
  SELECT ended_at AS endedAt, seq FROM (
    ${ends('ended_at IS NOT NULL AND outbox = 0')} UNION ALL ${ends('outbox = 1')}
  )
  ORDER BY ended_at DESC, seq DESC LIMIT 1 OFFSET ?2`;
});

interface Kept {
  readonly labourer: string;
  readonly state: EndedState;
  readonly count: number;
}

interface Found {
  readonly cut: Cut | undefined;
  readonly at: EpochMs;
}

/** Up to here counting takes half a millisecond, and is done by every call. */
const COUNTED_EACH_TIME = 10_000;

/** How long a cut behind more than that is good. */
const COUNTED_EVERY = 10 * MINUTE;

/**
 * Where to cut by count. Cuts that are dear to find are remembered: of completed tasks alone, since none of these ever leaves but by
 * being forgotten, from the oldest on, so that behind a cut there are never fewer newer ones than when it was found.
 */
export class Cuts {
  readonly #remembered: ReadonlyMap<string, Found>;
  readonly #found = new Map<string, Found>();

  constructor(remembered: ReadonlyMap<string, Found> = new Map()) {
    this.#remembered = remembered;
  }

  find(statements: Statements, kept: Kept, now: EpochMs): Cut | undefined {
    const { labourer, state, count } = kept;
    const name = JSON.stringify([labourer, state, count]);
    const known = this.#remembered.get(name);
    if (known && Math.abs(now - known.at) < COUNTED_EVERY) return known.cut;
    const cut = statements.first<Cut>(CUT[state], labourer, count);
    if (count > COUNTED_EACH_TIME && state === 'completed') this.#found.set(name, { cut, at: now });
    return cut;
  }

  /** For the calls after this one. Only when it has committed: what it saw may be taken back. */
  forNext(): Cuts {
    return new Cuts(new Map([...this.#remembered, ...this.#found]));
  }

  /** A call that is run again begins with what was remembered before it. */
  begin(): Cuts {
    return new Cuts(this.#remembered);
  }
}
