import type { EpochMs, MaintenanceReport, Millis, Retention } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import type { Cut, Cuts } from './cuts.ts';
import { ENDED_STATES, type EndedState, forEachState } from './ended-states.ts';

/** The most tasks, and the most entries of the register, that one call forgets. */
const PAGE = 1_000;

/** Of no end from which something is still to follow (U4). */
export const PURGE: Readonly<Record<EndedState, string>> = forEachState(
  (state) => `
  DELETE FROM tasks WHERE seq IN (
    SELECT seq FROM tasks
    WHERE ended_at IS NOT NULL AND outbox = 0 AND labourer = ?1 AND state = '${state}' AND (ended_at, seq) <= (?2, ?3)
    ORDER BY ended_at
    LIMIT ?4
  )`,
);

/** Nobody sees them any more; this gives back their room. */
export const SWEEP = `
  DELETE FROM register WHERE name IN (SELECT name FROM register WHERE until <= ?1 ORDER BY until LIMIT ?2)`;

interface House {
  readonly labourers: readonly string[];
  readonly retention: ReadonlyMap<string, Retention>;
  /** The age of those for which there is none. */
  readonly keepEnded: Millis;
  readonly cuts: Cuts;
}

/** Crashes leave nothing to repair: a transaction that did not commit never was. So only the forgetting is left to do. */
export const maintain = (statements: Statements, house: House, now: EpochMs): MaintenanceReport => {
  let purged = 0;
  for (const labourer of house.labourers) {
    for (const state of ENDED_STATES) {
      if (purged === PAGE) break;
      const { endedAt, seq } = cutOf(statements, house, labourer, state, now);
      purged += statements.run(PURGE[state], labourer, endedAt, seq, PAGE - purged);
    }
  }
  const swept = statements.run(SWEEP, now, PAGE);
  return { done: { purged, ...(swept > 0 && { swept }) }, more: purged === PAGE || swept === PAGE };
};

/** By age or by count, whichever comes to more. Under the lock of the purge: nobody queues again one of the newer ones in between. */
const cutOf = (statements: Statements, { retention, keepEnded, cuts }: House, labourer: string, state: EndedState, now: EpochMs): Cut => {
  const { age = keepEnded, count } = retention.get(labourer)?.[state === 'completed' ? 'completed' : 'others'] ?? {};
  const byAge = { endedAt: now - age, seq: Number.MAX_SAFE_INTEGER };
  const byCount = count === undefined ? undefined : cuts.find(statements, { labourer, state, count }, now);
  return byCount && byCount.endedAt > byAge.endedAt ? byCount : byAge;
};
