/** What a home item says, in the words of the port. */
import type { EpochMs, JsonText, Lease } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { tagOfKey } from '../../ledger/place.ts';
import { END_KINDS, type EndKind } from './ending.ts';
import { digits, type Home, ownId } from './home-key.ts';

/** Attributes of a home. Short, for they are paid for with every read. */
export const HOME = {
  /** One of `HomeState`. */
  state: 'st',
  /** Only where the id does not say where the home is. */
  id: 'id',
  payload: 'pay',
  /** When it falls due, in milliseconds, as all instants here. */
  due: 'due',
  created: 'at',
  /** Claims so far. A released claim keeps its number, so no two claims share one. */
  claims: 'n',
  /** Attempts that count. */
  attempts: 'a',
  token: 'tok',
  until: 'u',
  claimedAt: 'c',
  /** The group of the ledger that has the claim's place. */
  group: 'g',
  /** The verdict of the latest claim, by name. */
  verdict: 'v',
  /** Which call made it: tells a write that the SDK repeated from another's. */
  call: 'by',
  /** Which call decided on the latest attempt or renewed its lease, for the same reason. */
  word: 'w',
  ended: 'end',
  /** When it ended before, if it was redriven: it ends later than that. */
  lastEnd: 'le',
  result: 'res',
  stats: 'sta',
  /** The last error, as earlier versions wrote it. Now there is one of each attempt (errors.ts). */
  error: 'err',
  /** The errors before, as one list: of a task that was buried, redriven or moved. */
  errors: 'er',
  /** Absent: 0. */
  priority: 'pri',
  /** Whom it is done for. */
  key: 'key',
  /** It is dropped then, unless an attempt of it was counted. */
  expiresAt: 'exp',
  /** Its turn among those that are due at one instant, since it was redriven: its place says another. */
  turn: 'tn',
  /** What follows when it has ended. */
  follow: 'fol',
  /** Only beside `follow`: what its `ttl` is as long as its end is in the outbox. */
  lasting: 'kp',
  /** It runs, and is to be cancelled. */
  cancelling: 'can',
  /** Why it is set aside. */
  problem: 'why',
  /** In seconds: DynamoDB drops it some time after. */
  ttl: 'ttl',
} as const;

/**
 * - `queued`   waits at its place in the lane
 * - `waiting`  waits with a pointer, its place in the lane is passed over
 * - `moving`   on its way to another layout: nobody may claim it
 * - `moved`    no task: its id was enqueued late, and its home is elsewhere (see guard.ts)
 * - `void`     no task, and none may come here: its enqueueing was given up
 */
export type HomeState = 'queued' | 'waiting' | 'moving' | 'running' | EndKind | 'aside' | 'moved' | 'void';

export interface HomeFacts {
  readonly id: string;
  readonly labourer: string;
  readonly payload: JsonText;
  readonly priority: number;
  readonly attempts: number;
  readonly createdAt: EpochMs;
  readonly key?: string;
}

export const stateOf = (row: Row): HomeState | undefined => row[HOME.state]?.S as HomeState | undefined;
export const claimsOf = (row: Row): number => Number(row[HOME.claims]?.N ?? 0);
export const untilOf = (row: Row): EpochMs => Number(row[HOME.until]?.N ?? 0);
export const dueOf = (row: Row): EpochMs => Number(row[HOME.due]?.N ?? 0);
export const priorityOf = (row: Row): number => Number(row[HOME.priority]?.N ?? 0);
export const tagIn = (row: Row): string | undefined => tagOfKey(row[HOME.key]?.S);
/** When its former life ended. Absent: it has had none. */
export const lastEndOf = (row: Row): EpochMs => Number(row[HOME.lastEnd]?.N ?? -1);
/** U3 Two ends of one task are at two instants, whatever the clocks say. */
export const endAt = (row: Row, now: EpochMs): EpochMs => Math.max(now, lastEndOf(row) + 1);
export const endedAtOf = (row: Row): EpochMs => Number(row[HOME.ended]?.N ?? 0);
/** Whether it ended then. What is written down of ends knows whole milliseconds only, whatever the clock says. */
export const hasEndedAt = (row: Row, at: EpochMs): boolean => digits(endedAtOf(row)) === digits(at);
/** How it ended, as a task does: what is set aside has not. */
export const endOf = (row: Row): EndKind | undefined => END_KINDS.find((each) => each === stateOf(row));
export const isEnded = (row: Row): boolean => endOf(row) !== undefined || stateOf(row) === 'aside';
export const isQueued = (row: Row): boolean => stateOf(row) === 'queued' || stateOf(row) === 'waiting';
/** When its time runs out. A task of which an attempt was counted has all the time there is. */
export const expiryOf = (row: Row): EpochMs | undefined => {
  const at = row[HOME.expiresAt]?.N;
  return at === undefined || Number(row[HOME.attempts]?.N ?? 0) > 0 ? undefined : Number(at);
};
export const idOf = (row: Row, home: Home): string => row[HOME.id]?.S ?? ownId(home) ?? '';

/** A row may have been spoilt by anybody. The problem names the attribute and its type, never its content. */
export const readHome = (row: Row, home: Home): { readonly facts: HomeFacts } | { readonly problem: string } => {
  const wanted = [
    [HOME.payload, 'S'],
    [HOME.created, 'N'],
    [HOME.attempts, 'N'],
    [HOME.claims, 'N'],
  ] as const;
  for (const [name, type] of wanted) {
    if (row[name]?.[type] === undefined)
      return { problem: `${name}: ${Object.keys(row[name] ?? {})[0] ?? 'nothing'} where ${type} is expected` };
  }
  const key = row[HOME.key]?.S;
  return {
    facts: {
      id: idOf(row, home),
      labourer: home.labourer,
      payload: row[HOME.payload]?.S as JsonText,
      priority: priorityOf(row),
      attempts: Number(row[HOME.attempts]?.N),
      createdAt: Number(row[HOME.created]?.N),
      ...(key !== undefined && { key }),
    },
  };
};

export const toLease = (row: Row, { id, labourer, payload, key, attempts, createdAt }: HomeFacts): Lease => ({
  id,
  labourer,
  payload,
  ...(key !== undefined && { key }),
  token: row[HOME.token]?.S ?? '',
  attempt: attempts,
  createdAt,
  due: dueOf(row),
  claimedAt: Number(row[HOME.claimedAt]?.N ?? 0),
  deadline: untilOf(row),
});
