import type { EpochMs, Renewal, RenewOutcome } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** `deadline > now`: an expired lease's place may have been given away already, so it is never revived (N2). */
const RUNNING = `WHERE id = ?1 AND labourer = ?2 AND token = ?3 AND state = 'running' AND deadline > ?4`;

export const RENEW: string = `UPDATE tasks SET deadline = ?5 ${RUNNING} AND cancelling = 0`;

export const FIND_CANCELLING: string = `SELECT 1 FROM tasks ${RUNNING} AND cancelling = 1`;

export const renew = (statements: Statements, renewals: readonly Renewal[], now: EpochMs): RenewOutcome[] =>
  renewals.map(({ id, labourer, token, lease }) => {
    const deadline = Math.ceil(now + lease);
    if (statements.run(RENEW, id, labourer, token, now, deadline) === 1) return { kind: 'renewed', deadline };
    return statements.first(FIND_CANCELLING, id, labourer, token, now) ? { kind: 'cancelled' } : { kind: 'stale' };
  });
