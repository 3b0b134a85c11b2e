import type { StoreCase } from '../bench.ts';
import { asideCases } from './aside.ts';
import { claimCapCases } from './claim-cap.ts';
import { claimOrderCases } from './claim-order.ts';
import { claimRaceCases } from './claim-races.ts';
import { enqueueCases } from './enqueue.ts';
import { errorCases } from './errors.ts';
import { exchangeCases } from './exchange.ts';
import { expiredCases, reapCases } from './expired-reap.ts';
import { keyCases } from './keys/index.ts';
import { listCases } from './list.ts';
import { maintainCases } from './maintain.ts';
import { outOfTimeCases } from './out-of-time.ts';
import { priorityCases } from './priority.ts';
import { randomCases } from './random.ts';
import { censusCases, findCases } from './reader.ts';
import { renewCases } from './renew.ts';
import { retentionCases } from './retention.ts';
import { settleEffectCases } from './settle-effects.ts';
import { settleFenceCases } from './settle-fence.ts';
import { stringLimitCases } from './strings-limits.ts';

/** Every case, in the order of the port: what goes in, what comes out, what becomes of it, what can be seen of it. */
export const taskStoreCases: readonly StoreCase[] = [
  ...enqueueCases,
  ...stringLimitCases,
  ...claimOrderCases,
  ...priorityCases,
  ...claimCapCases,
  ...claimRaceCases,
  ...keyCases,
  ...outOfTimeCases,
  ...asideCases,
  ...settleFenceCases,
  ...settleEffectCases,
  ...errorCases,
  ...exchangeCases,
  ...renewCases,
  ...expiredCases,
  ...reapCases,
  ...findCases,
  ...listCases,
  ...censusCases,
  ...maintainCases,
  ...retentionCases,
  ...randomCases,
];
