/** Ends of tasks that are queued, so without a place under the cap: what is dropped, cancelled or buried before an attempt. */
import type { EpochMs } from '@reeve/core';
import type { Change } from '../../client/expression.ts';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import type { EndKind } from '../codec/ending.ts';
import { type Home, homeText } from '../codec/home-key.ts';
import { claimsOf, endAt, HOME, stateOf } from '../codec/home-row.ts';
import { endMembers } from '../codec/lasting.ts';
import { pointerOf, unpoint } from '../enqueue/put-home.ts';
import { homeKey, outboxKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { LAG } from './audit.ts';

/** A queued task that is to end, as it was read. */
export interface QueuedEnd {
  readonly home: Home;
  readonly row: Row;
  /** What else is written with the end. */
  readonly also?: Pick<Change, 'set' | 'remove'>;
}

/** - `ended` by this call, and by no other  - otherwise the home as it is now, if it is there */
export type Ended = { readonly kind: 'ended' } | { readonly kind: 'lost'; readonly row: Row | undefined };

/**
 * That they have ended is written down first, in history and outbox: a place, where a crash would leave word of it, they have none. Then
 * each home, if it is as it was read, so that of an end and a claim one wins. What is written down of one that lost leads nowhere: readers
 * ask the home. Last the pointer: whoever meets it meanwhile sees at the home that its wait is over.
 */
export const writeEnds = async (
  { history, requests, shelf }: NativeParts,
  labourer: string,
  kind: EndKind,
  endings: readonly QueuedEnd[],
  at: EpochMs,
): Promise<void> => {
  await history.write(
    labourer,
    endings.map(({ home, row }) => ({ home: homeText(home), kind, at: endAt(row, at) })),
  );
  await inLanes(
    endings.filter(({ row }) => row[HOME.follow]),
    ({ home, row }) => requests.put(shelf.table, outboxKey(home, endAt(row, at))),
  );
};

/** After `writeEnds`. */
export const endQueued = async (parts: NativeParts, kind: EndKind, { home, row, also }: QueuedEnd, at: EpochMs): Promise<Ended> => {
  const { requests, shelf, keeps } = parts;
  const call = parts.call();
  const ended = endMembers(endAt(row, at), keeps.of(home.labourer, kind));
  const written = await requests.update(
    shelf.table,
    homeKey(home),
    {
      set: { ...also?.set, ...ended.set, [HOME.state]: { S: kind }, [HOME.word]: { S: call } },
      copyOr: ended.copyOr,
      // No former attempt has a say in what an operator has ended. Of one that is dropped a repeated word is known as such.
      remove: [...(kind === 'dropped' ? [] : [HOME.token, HOME.verdict]), ...(also?.remove ?? [])],
    },
    (e) =>
      [
        `${e.name(HOME.claims)} = ${e.value({ N: String(claimsOf(row)) })}`,
        `${e.name(HOME.state)} IN (${e.value({ S: 'queued' })}, ${e.value({ S: 'waiting' })})`,
      ].join(' AND '),
  );
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isOurs = written.kind === 'done' || (written.row && stateOf(written.row) === kind && written.row[HOME.word]?.S === call);
  if (!isOurs) return { kind: 'lost', row: written.row };
  // The process slept, and what was written down may have been taken for an end that did not come about.
  if (parts.clock.now() - at > LAG / 2) await writeEnds(parts, home.labourer, kind, [{ home, row }], at);
  if (stateOf(row) === 'waiting') await unpoint(parts, pointerOf(row, home));
  return { kind: 'ended' };
};
