/**
 * What could be claimed where keys take turns (C12, C13): of the key of which the fewest run, again and again. Which keys there are only the
 * rows themselves tell, so a claim looks further than to as many as it takes: until it has met as many keys of which none runs, or everything
 * that is due, or `REACH` rows of each stretch. If it comes no further than that, it looks at as many rows of what is behind, and says in the
 * ledger where the next claim, of whatever process, is to go on: so a key behind any number of tasks of a full one is met in the end.
 */
import type { EpochMs } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import {
  AGAIN_FROM,
  DELAYED_FROM,
  delayedAt,
  endOf,
  type Grains,
  QUEUE_FROM,
  URGENT_FROM,
  WAITING_FROM,
  waitingAt,
} from '../codec/greenfield.ts';
import type { KeyLimits } from '../ledger/key-limits.ts';
import type { Running } from '../ledger/keys.ts';
import { type Candidates, candidatesOf, inOrder, MOST_WAITED } from './candidates.ts';
import { type Candidate, type Look, type Looking, type Reach, read } from './look.ts';
import type { Parts } from './parts.ts';

/** Rows of a stretch that one claim looks at. */
const REACH = 500;

export interface Keys {
  readonly limits: KeyLimits;
  readonly running: Running;
  /** Where the claim before this one was to be gone on from. */
  readonly goOn: Grains | undefined;
}

export interface Turns extends Candidates {
  /** Where the next claim is to go on. Absent: this one saw all there is to see. */
  readonly goOn?: Grains;
}

type Stretch = readonly [from: Grains, to: Grains];

export const candidatesInTurns = async (parts: Parts, looking: Looking, keys: Keys): Promise<Turns> => {
  const { now, want, isUrgent } = looking;
  const stretches = stretchesOf(now, isUrgent);
  const heads = await Promise.all(stretches.map((each) => read(parts, looking, each, want, reachOf(keys, want))));
  // Those that wait stand by their due times, so the first of them may be anywhere: those that are not chosen are put in their order.
  const waited = isUrgent ? await read(parts, looking, [WAITING_FROM, waitingAt(endOf(now))], Math.max(want, MOST_WAITED)) : undefined;
  const cut = heads.find((each) => each.upTo !== undefined && !isEnough(each.found, keys, want));
  const behind = cut?.upTo === undefined ? undefined : await goOn(parts, looking, keys, cut.upTo + 1n);
  const looks: readonly Look[] = [waited, ...heads, behind?.look].filter((each) => each !== undefined);
  const found = inOrder(
    looks.flatMap((each) => each.found),
    parts.layout,
  );
  return { ...candidatesOf(looks, found, choose(found, want, keys)), ...(behind && { goOn: behind.next }) };
};

/** Those in which tasks stand by C6, or by their due times and all of one priority. */
const stretchesOf = (now: EpochMs, isUrgent: boolean): readonly Stretch[] => [
  [isUrgent ? URGENT_FROM : QUEUE_FROM, AGAIN_FROM - 1n],
  [AGAIN_FROM, endOf(now)],
  [DELAYED_FROM, delayedAt(endOf(now))],
];

/** @param from where a head ended: what is before it has been seen, and when all the rest has been seen it begins there anew */
const goOn = async (parts: Parts, looking: Looking, keys: Keys, from: Grains): Promise<{ readonly look: Look; readonly next: Grains }> => {
  const stretches = stretchesOf(looking.now, looking.isUrgent);
  const place = stretches.some(([, to]) => (keys.goOn ?? from) <= to) ? (keys.goOn ?? from) : from;
  const [begin, to] = stretches.find((each) => place <= each[1]) ?? [from, AGAIN_FROM - 1n];
  const start = [begin, place, ...(from <= to && begin <= from ? [from] : [])].reduce((most, each) => (each > most ? each : most));
  const look = await read(parts, looking, [start, to], looking.want, reachOf(keys, looking.want));
  return { look, next: (look.upTo ?? to) + 1n };
};

/** Within a stretch the first of a key are its first: more than may be chosen of it need not be kept. */
const reachOf = (keys: Keys, want: number): Reach => {
  const met = new Map<string | undefined, number>();
  return {
    most: REACH,
    admits: ({ tag }) => {
      const count = met.get(tag) ?? 0;
      if (count >= Math.min(keys.limits.leftOf(tag, keys.running), want)) return false;
      met.set(tag, count + 1);
      return true;
    },
    isEnough: (found) => isEnough(found, keys, want),
  };
};

/** What stands behind as many keys of which none runs has no turn in this claim. */
const isEnough = (found: readonly Candidate[], { running }: Keys, want: number): boolean => {
  const free = new Set<string | undefined>();
  for (const { tag } of found) if ((running.get(tag) ?? 0) === 0) free.add(tag);
  return free.size >= want;
};

interface Line {
  readonly tag: string | undefined;
  readonly tasks: { readonly candidate: Candidate; readonly at: number }[];
  runs: number;
  /** How many more of it may be taken. */
  left: number;
}

/** @param found in the order of C6 */
export const choose = (found: readonly Candidate[], want: number, { limits, running }: Omit<Keys, 'goOn'>): readonly Candidate[] => {
  const lines = new Map<string | undefined, Line>();
  for (const [at, candidate] of found.entries()) {
    const { tag } = candidate;
    const line = lines.get(tag) ?? { tag, tasks: [], runs: running.get(tag) ?? 0, left: limits.leftOf(tag, running) };
    line.tasks.push({ candidate, at });
    lines.set(tag, line);
  }
  const hasTurn = ({ tasks, left }: Line): boolean => tasks.length > 0 && left > 0;
  const chosen: Candidate[] = [];
  for (let left = [...lines.values()].filter(hasTurn); chosen.length < want && left.length > 0; left = left.filter(hasTurn)) {
    const fewest = left.reduce((least, { runs }) => Math.min(least, runs), Number.POSITIVE_INFINITY);
    const turn = left.filter(({ runs }) => runs === fewest).sort((a, b) => (a.tasks[0]?.at ?? 0) - (b.tasks[0]?.at ?? 0));
    for (const line of turn) {
      const first = line.tasks.shift();
      if (first) chosen.push(first.candidate);
      line.runs += 1;
      line.left -= 1;
    }
  }
  return chosen.slice(0, want);
};

/** Leaves word of it. A hint: if it is lost, or another's takes its place, some rows are looked at twice, or later. */
export const sayWhere = async ({ requests, layout }: Parts, labourer: string, set: Row): Promise<void> => {
  await requests.update(layout.table, layout.groupKey(labourer, 0), { set });
};
