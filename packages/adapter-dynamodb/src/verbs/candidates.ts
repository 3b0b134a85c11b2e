/**
 * What could be claimed, as the index shows it. An index only suggests: it is late, and shows what has been claimed or ended
 * meanwhile. Whether a task is had is decided by a conditional write to its row.
 */
import type { EpochMs } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import {
  AGAIN_FROM,
  DELAYED_FROM,
  delayedAt,
  dueAt,
  ENDS_FROM,
  endOf,
  type Grains,
  grainsOf,
  LAST,
  millisOf,
  QUEUE_FROM,
  URGENT_FROM,
  urgentAt,
  WAITING_FROM,
  waitingAt,
} from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import type { Layout } from '../rows/layout.ts';
import { priorityOf } from '../rows/read-row.ts';
import { type Broken, type Candidate, type Look, type Looking, rangeOf, read } from './look.ts';
import type { Parts } from './parts.ts';

export interface Candidates {
  readonly found: readonly Candidate[];
  readonly broken: readonly Broken[];
  /** What sosw's assistant completed while it was queued again: to be archived. */
  readonly ended: readonly Row[];
  /** With a lease that is void since a sosw moved the row. */
  readonly stray: readonly Row[];
  /** Out of time before an attempt was counted: to be dropped. */
  readonly late: readonly Row[];
  /** There were more of them than one look takes. */
  readonly tooMany: boolean;
  /** Urgent tasks that have waited, are due, and are more than is wanted now: to be put where the urgent stand. */
  readonly surplus: readonly Candidate[];
  /** Everything that is due was looked at. */
  readonly drained: boolean;
}

/** So many urgent tasks that have waited are looked at, so that the most urgent of them is found. */
export const MOST_WAITED = 100;

/**
 * In the order of C6: retries and released tasks that are due, then the queue together with the delayed tasks whose time has come, by due
 * time. Before all of them the urgent, which stand in their order before the queue; those that had to wait are sorted in among them.
 */
export const candidates = async (parts: Parts, looking: Looking): Promise<Candidates> => {
  const { now, want, isUrgent } = looking;
  const [again, delayed, line, waited] = await Promise.all([
    read(parts, looking, [AGAIN_FROM, endOf(now)], want),
    read(parts, looking, [DELAYED_FROM, delayedAt(endOf(now))], want),
    isUrgent ? read(parts, looking, [URGENT_FROM, AGAIN_FROM - 1n], want) : undefined,
    isUrgent ? read(parts, looking, [WAITING_FROM, waitingAt(endOf(now))], Math.max(want, MOST_WAITED)) : undefined,
  ]);
  const rest = want - again.found.length;
  const queue = line ?? (rest > 0 ? await read(parts, looking, [QUEUE_FROM, AGAIN_FROM - 1n], rest) : undefined);
  const looks = [waited, queue, again, delayed].filter((each) => each !== undefined);
  const found = inOrder(
    looks.flatMap((each) => each.found),
    parts.layout,
  );
  return { ...candidatesOf(looks, found, found.slice(0, want)), ...(queue === undefined && { drained: false }) };
};

/** @param chosen which of them are to be claimed */
export const candidatesOf = (looks: readonly Look[], found: readonly Candidate[], chosen: readonly Candidate[]): Candidates => {
  const taken = new Set(chosen);
  return {
    found: chosen,
    broken: looks.flatMap((each) => each.broken),
    ended: looks.flatMap((each) => each.ended),
    stray: looks.flatMap((each) => each.stray),
    late: looks.flatMap((each) => each.late),
    tooMany: looks.some((each) => each.tooMany),
    surplus: found.filter((each) => !taken.has(each) && grainsOf(each.seen) >= WAITING_FROM),
    drained: looks.every((each) => each.drained && !each.heldBack) && found.length <= chosen.length,
  };
};

/** Of several stretches, each task once. @param found first those that waited, then those of the queue: see `onceEach` */
export const inOrder = (found: readonly Candidate[], layout: Layout): readonly Candidate[] => {
  const urgent: Candidate[] = [];
  const again: Candidate[] = [];
  const fresh: Candidate[] = [];
  for (const each of found) {
    const place = grainsOf(each.seen);
    const list = place < QUEUE_FROM || place >= WAITING_FROM ? urgent : place >= AGAIN_FROM && place < DELAYED_FROM ? again : fresh;
    list.push(each);
  }
  const byDue = (a: Candidate, b: Candidate): number => compare(a.due, b.due);
  return onceEach([...inRank(urgent, layout), ...again.sort(byDue), ...fresh.sort(byDue)]);
};

/**
 * What an operator queues again, and an urgent task that is put in its place, moves from one stretch to another, and a late index may show it
 * in both. A claim that took it twice would lose one, and give back the place of the other, which has the same name. What stands further
 * behind is what it became last.
 */
const onceEach = (list: readonly Candidate[]): readonly Candidate[] => {
  const byPlace = new Map<string, Candidate>();
  for (const each of list) {
    byPlace.delete(each.place);
    byPlace.set(each.place, each);
  }
  return byPlace.size === list.length ? list : [...byPlace.values()];
};

/** Where an urgent task stands, or is to stand, once it is due. */
export const rankOf = (row: Row, layout: Layout): Grains => {
  const place = grainsOf(layout.greenfieldOf(row) ?? '0');
  return place < WAITING_FROM ? place : urgentAt(dueAt(place), priorityOf(row), wasTried(row));
};

/** It was retried or released, and has not been claimed since. */
export const wasTried = (row: Row): boolean => ['retry', 'released'].includes(row[OURS.verdict]?.S ?? '');

const inRank = (list: readonly Candidate[], layout: Layout): readonly Candidate[] =>
  list
    .map((each) => ({ each, rank: rankOf(each.row, layout) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ each }) => each);

const compare = (a: Grains, b: Grains): number => (a < b ? -1 : a > b ? 1 : 0);

/** How long until something falls due that waits now. A handful of reads, for a claim that has found nothing more. */
export const nextDue = async (
  { requests, layout }: Parts,
  { labourer, now, isUrgent }: Pick<Looking, 'labourer' | 'now' | 'isUrgent'>,
): Promise<EpochMs | undefined> => {
  const first = async (from: Grains, to: Grains): Promise<EpochMs | undefined> => {
    const { rows } = await requests.query({ ...rangeOf(layout, labourer, from, to), limit: 1 });
    const [row] = rows;
    const place = row && row[OURS.until] === undefined ? layout.greenfieldOf(row) : undefined;
    return place === undefined ? undefined : millisOf(dueAt(grainsOf(place)));
  };
  const found = await Promise.all([
    first(endOf(now) + 1n, DELAYED_FROM - 1n),
    first(delayedAt(endOf(now)) + 1n, LAST),
    isUrgent ? first(waitingAt(endOf(now)) + 1n, ENDS_FROM - 1n) : undefined,
  ]);
  const known = found.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};
