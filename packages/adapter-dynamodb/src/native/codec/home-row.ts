/** What a home item says, in the words of the port. */
import type { EpochMs, JsonText, Lease, TaskRecord } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { type Home, ownId } from './home-key.ts';

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
  result: 'res',
  stats: 'sta',
  error: 'err',
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
export type HomeState = 'queued' | 'waiting' | 'moving' | 'running' | 'completed' | 'dead' | 'aside' | 'moved' | 'void';

export interface HomeFacts {
  readonly id: string;
  readonly labourer: string;
  readonly payload: JsonText;
  readonly attempts: number;
  readonly createdAt: EpochMs;
}

export const stateOf = (row: Row): HomeState | undefined => row[HOME.state]?.S as HomeState | undefined;
export const claimsOf = (row: Row): number => Number(row[HOME.claims]?.N ?? 0);
export const untilOf = (row: Row): EpochMs => Number(row[HOME.until]?.N ?? 0);
export const dueOf = (row: Row): EpochMs => Number(row[HOME.due]?.N ?? 0);
export const isEnded = (row: Row): boolean => ['completed', 'dead', 'aside'].includes(stateOf(row) ?? '');
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
  return {
    facts: {
      id: idOf(row, home),
      labourer: home.labourer,
      payload: row[HOME.payload]?.S as JsonText,
      attempts: Number(row[HOME.attempts]?.N),
      createdAt: Number(row[HOME.created]?.N),
    },
  };
};

export const toLease = (row: Row, { id, labourer, payload, attempts, createdAt }: HomeFacts): Lease => ({
  id,
  labourer,
  payload,
  token: row[HOME.token]?.S ?? '',
  attempt: attempts,
  createdAt,
  due: dueOf(row),
  claimedAt: Number(row[HOME.claimedAt]?.N ?? 0),
  deadline: untilOf(row),
});

/** `undefined`: no task. */
export const toRecord = (row: Row, home: Home): TaskRecord | undefined => {
  const state = stateOf(row);
  if (state === undefined || state === 'moved' || state === 'void') return undefined;
  const reading = readHome(row, home);
  const problem = row[HOME.problem]?.S ?? ('problem' in reading ? reading.problem : undefined);
  if (state === 'aside' || 'problem' in reading) {
    const { labourer } = home;
    return {
      labourer,
      id: idOf(row, home),
      payload: 'null' as JsonText,
      attempts: 0,
      createdAt: 0,
      state: 'aside',
      problem: problem ?? '',
    };
  }
  const { facts } = reading;
  const error = row[HOME.error]?.S;
  const lastError = error === undefined ? {} : { lastError: error };
  const endedAt = Number(row[HOME.ended]?.N ?? 0);
  if (state === 'running') return { ...facts, ...lastError, state, token: row[HOME.token]?.S ?? '', deadline: untilOf(row) };
  if (state === 'dead') return { ...facts, state, endedAt, error: error ?? '' };
  if (state !== 'completed') return { ...facts, ...lastError, state: 'queued', due: dueOf(row) };
  const result = row[HOME.result]?.S as JsonText | undefined;
  const stats = row[HOME.stats]?.S as JsonText | undefined;
  return { ...facts, state, endedAt, ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
};
