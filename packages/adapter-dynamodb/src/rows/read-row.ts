/** What a row of sosw's tables says, in the words of the port. */
import { type EpochMs, type JsonText, keyOf, type Lease, MOST_URGENT, type TaskRecord } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { dueAt, grainsOf, millisOf, runningAt, soswDeadline, turnIn } from '../codec/greenfield.ts';
import { readPayload } from '../codec/read-payload.ts';
import { jsonFromAttributes, RESULT_PREFIX, STAT_PREFIX } from '../codec/typed-attributes.ts';
import { OURS } from './attributes.ts';
import { errorsOf, lastErrorOf } from './errors.ts';
import type { Layout } from './layout.ts';

export interface TaskFacts {
  readonly id: string;
  readonly labourer: string;
  readonly payload: JsonText;
  readonly attempts: number;
  readonly createdAt: EpochMs;
}

export type Reading = { readonly facts: TaskFacts } | { readonly problem: string };

const typeOf = (row: Row, name: string): string => Object.keys(row[name] ?? {})[0] ?? 'nothing';

/** A row may have been written by anybody. The problem names the attribute and its type, never its content. */
export const readRow = (row: Row, layout: Layout): Reading => {
  const { fields } = layout;
  const payload = row[fields.payload]?.S;
  if (payload === undefined) return { problem: `${fields.payload}: ${typeOf(row, fields.payload)} where S is expected` };
  for (const name of [fields.created_at, fields.attempts]) {
    if (row[name]?.N === undefined && (row[name] !== undefined || name === fields.created_at))
      return { problem: `${name}: ${typeOf(row, name)} where N is expected` };
  }
  const reading = readPayload(payload);
  if (reading.kind === 'problem') return { problem: `${fields.payload}: ${reading.problem}` };
  return {
    facts: {
      id: layout.idOf(row),
      labourer: layout.labourerOf(row) ?? '',
      payload: reading.text,
      attempts: Number(row[fields.attempts]?.N ?? 0),
      createdAt: Math.round(Number(row[fields.created_at]?.N) * 1_000),
    },
  };
};

/** sosw's queue has no due times, only an order: there it is the time of creation. */
export const dueOf = (row: Row, place: string | undefined, createdAt: EpochMs): EpochMs => {
  const due = place === undefined ? createdAt : millisOf(dueAt(grainsOf(place)));
  return isOurs(row) ? due : Math.max(due, createdAt);
};

/** Made by Reeve, or queued again by it. */
const isOurs = (row: Row): boolean => row[OURS.call] !== undefined;

export const claimsOf = (row: Row): number => Number(row[OURS.claims]?.N ?? 0);
export const untilOf = (row: Row): EpochMs | undefined => (row[OURS.until]?.N === undefined ? undefined : Number(row[OURS.until]?.N));

const keyIn = (row: Row): Pick<Lease, 'key'> => {
  const key = row[OURS.key]?.S;
  return key === undefined ? {} : { key };
};

/** Of a row that is running in our way. @param members what sosw tells a worker; left out where nobody is told */
export const toLease = (row: Row, facts: TaskFacts, members?: Readonly<Record<string, JsonText>>): Lease => ({
  id: facts.id,
  labourer: facts.labourer,
  payload: facts.payload,
  ...keyIn(row),
  token: row[OURS.token]?.S ?? '',
  attempt: facts.attempts,
  createdAt: facts.createdAt,
  due: dueOf(row, row[OURS.back]?.N, facts.createdAt),
  claimedAt: Number(row[OURS.claimedAt]?.N ?? 0),
  deadline: untilOf(row) ?? 0,
  ...(members && { members }),
});

const OUT = 'it has no greenfield, so it stands in no queue';

/** A row of any of the three tables. `undefined`: it is no task, such as the ghost that sosw's assistant makes of an unknown id. */
export const toRecord = (row: Row, layout: Layout): TaskRecord | undefined => {
  const { fields } = layout;
  const labourer = layout.labourerOf(row);
  if (labourer === undefined) return undefined;
  const key = { ...keyOf({ labourer, id: layout.idOf(row) }), priority: priorityOf(row), ...keyIn(row) };
  const reading = readRow(row, layout);
  const aside = row[OURS.aside]?.S ?? ('problem' in reading ? reading.problem : undefined);
  if (aside !== undefined || 'problem' in reading)
    return { ...key, payload: 'null' as JsonText, attempts: 0, errors: [], createdAt: 0, state: 'aside', problem: aside ?? '' };
  const { attempts } = reading.facts;
  const end = endOf(row, layout);
  const waiting = row[fields.desired_launch_time]?.N;
  const place = waiting === undefined ? layout.greenfieldOf(row) : waiting;
  const until = end ? undefined : (untilOf(row) ?? (waiting === undefined ? foreignDeadline(row, layout) : undefined));
  // An attempt that a sosw has begun since has not failed: the error that has no number is of the one before.
  const latest = until !== undefined && untilOf(row) === undefined ? attempts - 1 : attempts;
  const facts = { ...reading.facts, ...key, errors: errorsOf(row, latest) };
  if (end) return endedRecord(row, facts, end);
  if (place === undefined) return { ...facts, state: 'aside', problem: OUT };
  const error = lastErrorOf(row);
  const lastError = error === undefined ? {} : { lastError: error };
  if (until !== undefined) {
    const cancelling = row[OURS.cancel] === undefined ? {} : ({ cancelling: true } as const);
    return { ...facts, ...lastError, state: 'running', token: tokenOf(row), deadline: until, ...cancelling };
  }
  const expiresAt = expiryOf(row);
  const due = dueOf(row, place, facts.createdAt);
  return { ...facts, ...lastError, state: 'queued', due, ...(expiresAt !== undefined && { expiresAt }) };
};

/** Of a lease of ours; a sosw has none. */
const tokenOf = (row: Row): string => (untilOf(row) === undefined ? '' : (row[OURS.token]?.S ?? ''));

type Facts = TaskFacts & Pick<TaskRecord, 'key' | 'priority' | 'errors'>;

const endedRecord = (row: Row, facts: Facts, { state, endedAt }: EndOfRow): TaskRecord => {
  switch (state) {
    case 'completed': {
      const result = kept(row, OURS.result, RESULT_PREFIX);
      const stats = kept(row, OURS.stats, STAT_PREFIX);
      return { ...facts, state, endedAt, ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
    }
    case 'dead':
      return { ...facts, state, endedAt, error: lastErrorOf(row) ?? 'closed by sosw: out of attempts' };
    default:
      return { ...facts, state, endedAt };
  }
};

/** What is none, since another program wrote it, is 0. */
export const priorityOf = (row: Row): number => {
  const priority = Number(row[OURS.priority]?.N ?? 0);
  return Number.isInteger(priority) && priority > 0 && priority <= MOST_URGENT ? priority : 0;
};

export const expiryOf = (row: Row): EpochMs | undefined =>
  row[OURS.expiresAt]?.N === undefined ? undefined : Number(row[OURS.expiresAt]?.N);

/** The first instant at which a task may end: after the end it had before, whatever the clock says. */
export const endsFrom = (row: Row): EpochMs => (row[OURS.lastEnd]?.N === undefined ? 0 : Number(row[OURS.lastEnd]?.N) + 1);

/** An end that a task can have had. */
export type EndState = 'completed' | 'dead' | 'cancelled' | 'dropped';

const ENDS: readonly EndState[] = ['completed', 'dead', 'cancelled', 'dropped'];

/** As we have ended it. sosw's assistant knows nothing of it, and may call the row completed long after. */
export const endedByUs = (row: Row): EndState | undefined => ENDS.find((each) => each === row[OURS.verdict]?.S);

interface EndOfRow {
  readonly state: EndState;
  readonly endedAt: EpochMs;
}

/** In what way a task has ended, and when; by us or by a sosw. */
export const endOf = (row: Row, { fields }: Layout): EndOfRow | undefined => {
  const completedAt = row[fields.completed_at]?.N;
  const closedAt = row[fields.closed_at]?.N;
  const state = endedByUs(row) ?? (completedAt !== undefined ? 'completed' : closedAt === undefined ? undefined : 'dead');
  if (state === undefined) return undefined;
  const pending = row[OURS.ended]?.N;
  const seconds = state === 'completed' ? (completedAt ?? closedAt) : (closedAt ?? completedAt);
  return { state, endedAt: pending === undefined ? millis(seconds ?? '0') : Number(pending) };
};

/**
 * A lease of ours in a row that a sosw has moved since: it put the task back into its queue, or invoked it. The lease is void: a
 * running task of ours stands exactly where its deadline says.
 */
export const isStray = (row: Row, layout: Layout): boolean => {
  const until = untilOf(row);
  const place = layout.greenfieldOf(row);
  return until !== undefined && place !== undefined && grainsOf(place) !== grainsOf(runningAt(until, layout.tables.invocationDelta));
};

/** When what a sosw has invoked expires in its own way. `undefined`: the row is not in sosw's hands. */
export const foreignDeadline = (row: Row, { tables, fields }: Layout): EpochMs | undefined => {
  const greenfield = row[fields.greenfield]?.N;
  const createdAt = Number(row[fields.created_at]?.N);
  if (greenfield === undefined || row[OURS.until] !== undefined || !Number.isFinite(createdAt)) return undefined;
  const place = Number(greenfield);
  if (isOurWait(row, greenfield)) return undefined;
  // sosw invokes after creation, and a task is not a year old before it is invoked for the first time.
  const invoked = place - tables.invocationDelta;
  return invoked >= createdAt - 1 && place < 1e10 ? soswDeadline(grainsOf(greenfield), tables.invocationDelta) : undefined;
};

/**
 * A retry of ours that waits: to its due time the digits were added that keep its turn, which no time that a sosw writes has. Without
 * them an old task that waits would look as one that was invoked long ago.
 */
const isOurWait = (row: Row, greenfield: string): boolean => {
  const turn = row[OURS.turn]?.N;
  return turn !== undefined && turnIn(grainsOf(greenfield)) === grainsOf(turn);
};

const millis = (seconds: string): EpochMs => Math.round(Number(seconds) * 1_000);

const kept = (row: Row, name: string, prefix: string): JsonText | undefined =>
  (row[name]?.S as JsonText | undefined) ?? jsonFromAttributes(prefix, row);
