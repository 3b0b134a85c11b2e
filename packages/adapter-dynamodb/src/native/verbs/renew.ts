import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EpochMs, Renewal, RenewOutcome } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import type { Place } from '../../ledger/place.ts';
import { eachInTurn } from '../../operator/operator.ts';
import type { Home } from '../codec/home-key.ts';
import { claimsOf, HOME, stateOf, tagIn, untilOf } from '../codec/home-row.ts';
import type { Visit } from '../enqueue/addresses.ts';
import { homeKey } from '../keys.ts';
import { placeOfClaim } from '../lane/candidate.ts';
import type { NativeParts } from '../parts.ts';

const STALE: RenewOutcome = { kind: 'stale' };
/** Renewals of one lease that were quicker; then theirs stands. */
const TRIES = 4;

/**
 * 1. The place is made to end no earlier than the lease will: whether it may live on is decided there, against whoever would count
 * the place as free.  2. The home, if nobody has renewed it meanwhile.  3. A place that ends later is brought nearer, if nobody was
 * there since 1. So at no instant does a lease run for longer than its place, whichever way two renewals of it go. A crash in
 * between leaves a place that ends later than its lease: it is given back when the lease is reaped.
 */
export const renew = (parts: NativeParts, renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> =>
  eachInTurn(renewals, async (each) => {
    if (each.id === '') return STALE; // no key of DynamoDB's
    return (await parts.addresses.visit(each, (home) => renewAt(parts, home, each))) ?? STALE;
  });

interface Held {
  readonly home: Home;
  readonly place: Place;
  readonly until: EpochMs;
  readonly claimedAt: EpochMs;
  /** Which call renewed the lease last. */
  readonly word: AttributeValue | undefined;
}

const renewAt = async (parts: NativeParts, home: Home, renewal: Renewal): Promise<Visit<RenewOutcome>> => {
  const { requests, shelf, clock } = parts;
  let row = await requests.get(shelf.table, homeKey(home));
  for (let tries = 1; ; tries += 1) {
    const now = clock.now();
    const held = row && heldBy(row, home, renewal);
    if (!held || held.until <= now) return { row, value: STALE };
    // One that is asked for from here on is told at the next renewal.
    if (row?.[HOME.cancelling]) return { row, value: { kind: 'cancelled' } };
    const deadline = now + renewal.lease;
    const written = await renewHeld(parts, renewal, held, { now, deadline });
    if (written.kind === 'renewed') return { row, value: { kind: 'renewed', deadline: written.until } };
    if (written.kind === 'gone') return { row, value: STALE };
    if (tries === TRIES) return { row, value: { kind: 'renewed', deadline: written.until } };
    row = written.row;
  }
};

/** - `gone` it may not live on  - `overtaken` another renewal was first, and the lease runs until then */
type Written =
  | { readonly kind: 'renewed'; readonly until: EpochMs }
  | { readonly kind: 'gone' }
  | { readonly kind: 'overtaken'; readonly until: EpochMs; readonly row: Row };

const renewHeld = async (
  parts: NativeParts,
  renewal: Renewal,
  held: Held,
  { now, deadline }: Record<'now' | 'deadline', EpochMs>,
): Promise<Written> => {
  const { ledger, requests, shelf, chance } = parts;
  const stamp = Math.floor(chance.random() * 32 ** 5).toString(32);
  const covered = await ledger.cover(renewal.labourer, held.place, { until: deadline, now, claimedAt: held.claimedAt }, stamp);
  if (covered === 'gone') return { kind: 'gone' };
  if (covered === 'overtaken') {
    const row = await requests.get(shelf.table, homeKey(held.home));
    const again = row && heldBy(row, held.home, renewal);
    return again ? { kind: 'overtaken', until: again.until, row } : { kind: 'gone' };
  }
  const written = await write(parts, renewal, held, deadline);
  if (written.kind === 'renewed') await ledger.uncover(renewal.labourer, held.place, covered.value, written.until);
  return written;
};

const write = async (parts: NativeParts, renewal: Renewal, { home, word }: Held, deadline: EpochMs): Promise<Written> => {
  const { requests, shelf } = parts;
  const own = parts.call();
  const set = { [HOME.until]: { N: String(deadline) }, [HOME.word]: { S: own } };
  const { kind, row } = await requests.update(shelf.table, homeKey(home), { set }, (e) =>
    [
      `${e.name(HOME.state)} = ${e.value({ S: 'running' })}`,
      `${e.name(HOME.token)} = ${e.value({ S: renewal.token })}`,
      word ? `${e.name(HOME.word)} = ${e.value(word)}` : `attribute_not_exists(${e.name(HOME.word)})`,
    ].join(' AND '),
  );
  if (kind === 'done') return { kind: 'renewed', until: deadline };
  const held = row && heldBy(row, home, renewal);
  if (!row || !held) return { kind: 'gone' };
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  return row[HOME.word]?.S === own ? { kind: 'renewed', until: held.until } : { kind: 'overtaken', until: held.until, row };
};

const heldBy = (row: Row, home: Home, { token }: Renewal): Held | undefined =>
  stateOf(row) === 'running' && row[HOME.token]?.S === token
    ? {
        home,
        place: { group: Number(row[HOME.group]?.N ?? 0), name: placeOfClaim(home, claimsOf(row)), tag: tagIn(row) },
        until: untilOf(row),
        claimedAt: Number(row[HOME.claimedAt]?.N ?? 0),
        word: row[HOME.word],
      }
    : undefined;
