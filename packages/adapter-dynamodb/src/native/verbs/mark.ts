import type { ClaimRequest, EpochMs, Lease, SetAside } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { claimsOf, HOME, isEnded, readHome, stateOf, toLease } from '../codec/home-row.ts';
import type { Pointer } from '../codec/pointer.ts';
import { unpoint } from '../enqueue/put-home.ts';
import { homeKey } from '../keys.ts';
import type { Candidate } from '../lane/candidate.ts';
import type { NativeParts } from '../parts.ts';
import { setAside } from './aside.ts';
import { LAG } from './audit.ts';

export type Held = Candidate & { readonly group: number };

/** What became of a candidate: nothing, if another was first. */
export interface Marked {
  readonly lease?: Lease;
  readonly aside?: SetAside;
  /** It may be claimed again under the same number, and so under the same name of a place: that has to be outdated before it is given back. */
  readonly mayReturn?: boolean;
}

/** Takes one task: its home is as it was seen. The claim is decided here. */
export const mark = async (parts: NativeParts, held: Held, { token, lease }: ClaimRequest, now: EpochMs): Promise<Marked> => {
  const { requests, shelf } = parts;
  const { home, claims, pointer } = held;
  const claim = claims + 1;
  const { kind, row } = await requests.update(
    shelf.table,
    homeKey(home),
    {
      set: {
        [HOME.state]: { S: 'running' },
        [HOME.claims]: { N: String(claim) },
        [HOME.token]: { S: token },
        [HOME.until]: { N: String(now + lease) },
        [HOME.claimedAt]: { N: String(now) },
        [HOME.group]: { N: String(held.group) },
      },
      add: { [HOME.attempts]: 1 },
      remove: [HOME.verdict],
    },
    (e) =>
      [
        `${e.name(HOME.claims)} = ${e.value({ N: String(claims) })}`,
        // From the lane to a pointer it goes without a claim: whoever saw it there may have it here.
        `${e.name(HOME.state)} IN (${e.value({ S: 'queued' })}, ${e.value({ S: 'waiting' })})`,
        // A pointer may be of a wait that is over; the next may be longer.
        `${e.name(HOME.due)} <= ${e.value({ N: String(now) })}`,
        // An earlier version's pointer does not say when its time runs out. Not had, it gets one that does, and is dropped by that.
        `(attribute_not_exists(${e.name(HOME.expiresAt)}) OR ${e.name(HOME.expiresAt)} > ${e.value({ N: String(now) })} OR ${e.name(HOME.attempts)} > ${e.value({ N: '0' })})`,
      ].join(' AND '),
  );
  // Lost to ourselves: the first answer did not arrive, and the client asked again. Our own token tells.
  const isOurs = kind === 'done' || (row?.[HOME.token]?.S === token && claimsOf(row) === claim && stateOf(row) === 'running');
  if (pointer && (isOurs || isOver(row, claims, pointer, now))) await unpoint(parts, pointer);
  if (!isOurs || row === undefined) return { mayReturn: row !== undefined && !isOver(row, claims, pointer, now) };
  const reading = readHome(row, home);
  if ('facts' in reading) {
    parts.addresses.note(reading.facts.id, home);
    return { lease: toLease(row, reading.facts) };
  }
  const aside = await setAside(parts, { home, row, problem: reading.problem });
  return aside ? { aside } : {};
};

/**
 * The wait that a pointer was for is over for certain. As long as it may begin again, under the same name, the pointer stays. So does one to
 * an ended task that has a higher number than the task: somebody is redriving it just now, or has died over it long ago.
 */
export const isOver = (row: Row | undefined, claims: number, pointer: Pointer | undefined, now: EpochMs): boolean => {
  if (row === undefined || claimsOf(row) > claims) return true;
  return isEnded(row) && (claimsOf(row) === claims || pointer === undefined || pointer.due < now - LAG);
};
