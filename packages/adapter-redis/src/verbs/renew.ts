import type { Renewal, RenewOutcome } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { RENEW } from '../lua/renew.ts';
import { groupBy, inPages, type Parts } from './parts.ts';

const SCRIPT = scriptOf('renew', RENEW);
const PAGE = 1_000;

export const renew = async ({ keys, scripts }: Parts, renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> => {
  const outcomes: RenewOutcome[] = Array<RenewOutcome>(renewals.length).fill({ kind: 'stale' });
  const renewOwn = async (labourer: string, own: readonly number[]): Promise<void> => {
    const { leases, overdue, order, meta, heads, turns } = keys.of(labourer);
    for (const page of inPages(own, PAGE)) {
      const args = page.flatMap((n) => {
        const { id, token, lease } = renewals[n]!;
        return [id, token, Math.ceil(lease)];
      });
      const deadlines = (await scripts.write(SCRIPT, [leases, overdue, order, meta, heads, turns], args)) as readonly number[];
      for (const [n, deadline] of deadlines.entries()) {
        if (deadline > 0) outcomes[page[n]!] = { kind: 'renewed', deadline };
        if (deadline < 0) outcomes[page[n]!] = { kind: 'cancelled' };
      }
    }
  };
  const places = groupBy([...renewals.keys()], (n) => renewals[n]!.labourer);
  await Promise.all([...places].map(([labourer, own]) => renewOwn(labourer, own)));
  return outcomes;
};
