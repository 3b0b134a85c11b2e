import type { EpochMs, Renewal, RenewOutcome } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** `deadline > now`: an expired lease's place may have been given away already, so it is never revived (N2). */
export const RENEW = `
  UPDATE tasks SET deadline = ?5
  WHERE id = ?1 AND labourer = ?2 AND token = ?3 AND state = 'running' AND deadline > ?4`;

export const renew = (statements: Statements, renewals: readonly Renewal[], now: EpochMs): RenewOutcome[] =>
  renewals.map(({ id, labourer, token, lease }) => {
    const deadline = Math.ceil(now + lease);
    return statements.run(RENEW, id, labourer, token, now, deadline) === 1 ? { kind: 'renewed', deadline } : { kind: 'stale' };
  });
