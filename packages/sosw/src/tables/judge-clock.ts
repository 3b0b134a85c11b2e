import { type EpochMs, type Millis, SECOND } from '@reeve/core';
import type { Notebook } from '../report/finding.ts';

/** DynamoDB's answers say the second, and took a while. */
const BLUR: Millis = 2 * SECOND;
/** From here on the SDK's signatures are refused. */
const REFUSED: Millis = 300 * SECOND;

/** Leases of Reeve end by the clocks of its processes, and sosw's by those of its own. */
export const judgeClock = (now: EpochMs, theirs: EpochMs, notes: Notebook): void => {
  const apart = now - theirs;
  if (!Number.isFinite(apart)) return;
  const seconds = Math.round(Math.abs(apart) / SECOND);
  const what = `its clock is ${seconds} s ${apart > 0 ? 'ahead of' : 'behind'} DynamoDB's`;
  if (Math.abs(apart) <= BLUR) notes.ok('CLOCK', 'this machine', "its clock is DynamoDB's, as far as seconds tell");
  else if (Math.abs(apart) < REFUSED) notes.warn('CLOCK', 'this machine', what, 'set it right (NTP) wherever Reeve is to run');
  else notes.fail('CLOCK', 'this machine', `${what}, and rows were judged by it`, 'set it right (NTP), and ask again');
};
