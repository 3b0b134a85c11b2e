import { type Labourer, leaseLength } from '../domain/labourer.ts';
import type { ClaimRequest } from '../ports/task-store.ts';

/** What a claim for a labourer asks of the store. */
export const claimOf = (
  labourer: Labourer,
  { token, cap, limit }: { readonly token: string; readonly cap: number; readonly limit: number },
): ClaimRequest => ({
  labourer: labourer.id,
  token,
  cap,
  limit,
  lease: leaseLength(labourer),
  ...(labourer.perKey !== undefined && { perKey: labourer.perKey }),
});
