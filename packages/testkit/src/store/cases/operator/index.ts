import type { WholeCase } from '../../bench.ts';
import { buryCases } from './bury.ts';
import { cancelCases } from './cancel.ts';
import { cancellingCases } from './cancelling.ts';
import { operatorKeyCases } from './keys.ts';
import { operatorRaceCases } from './races.ts';
import { redriveCases } from './redrive.ts';
import { replaceCases } from './replace.ts';
import { operatorRetentionCases } from './retention.ts';

/** Every case of the port `Operator`, and of what V9 and N3 say of attempts whose task it cancels. */
export const operatorCases: readonly WholeCase[] = [
  ...cancelCases,
  ...cancellingCases,
  ...buryCases,
  ...redriveCases,
  ...replaceCases,
  ...operatorKeyCases,
  ...operatorRetentionCases,
  ...operatorRaceCases,
];
