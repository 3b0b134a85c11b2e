/**
 * How long the home of an ended task lasts. One that something follows from lasts until that is done: its `ttl` is then far in the future,
 * and that it is so means that its end is in the outbox. So the end and the fact that something follows from it are one write.
 */
import type { EpochMs, Millis } from '@reeve/core';
import type { Change } from '../../client/expression.ts';
import type { Row } from '../../client/requests.ts';
import { seconds } from '../enqueue/guard.ts';
import { endOf, HOME } from './home-row.ts';

/** In the year 5138. */
const FAR = '99999999999';

/** What a task with a `follow` is enqueued with. */
export const followMembers = (follow: string | undefined): Row =>
  follow === undefined ? {} : { [HOME.follow]: { S: follow }, [HOME.lasting]: { N: FAR } };

/** What every end writes. */
export const endMembers = (at: EpochMs, keepEnded: Millis): Required<Pick<Change, 'set' | 'copyOr'>> => ({
  set: { [HOME.ended]: { N: String(at) } },
  copyOr: { [HOME.ttl]: [HOME.lasting, { N: seconds(at + keepEnded) }] },
});

/** It has ended, and what follows is still to be done. */
export const isPending = (row: Row): boolean =>
  endOf(row) !== undefined && row[HOME.follow] !== undefined && row[HOME.ttl]?.N === row[HOME.lasting]?.N;
