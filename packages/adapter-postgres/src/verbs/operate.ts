import {
  type Burial,
  type BuryOutcome,
  type CancelOutcome,
  type Redrive,
  type RedriveOutcome,
  ReeveError,
  type Replacement,
  type ReplaceOutcome,
  type TaskKey,
} from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session, SqlValue } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';
import { pagesOf } from './enqueue.ts';

/** A task that moves under our hands is asked for again so often. Each time it has moved once more. */
const TRIES = 100;

interface Verb<Item, Outcome> {
  readonly name: string;
  /** The types of its arguments after labourers and ids. */
  readonly types: readonly string[];
  readonly valuesOf: (items: readonly Item[]) => readonly SqlValue[];
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

const CANCEL: Verb<TaskKey, CancelOutcome> = {
  name: 'cancel',
  types: [],
  valuesOf: () => [],
  outcomes: { c: 'cancelled', g: 'cancelling', e: 'ended', u: 'unknown' },
};

const BURY: Verb<Burial, BuryOutcome> = {
  name: 'bury',
  types: ['text'],
  valuesOf: (burials) => [arrayText(burials.map(({ error }) => error))],
  outcomes: { b: 'buried', r: 'running', e: 'ended', u: 'unknown' },
};

const REDRIVE: Verb<Redrive, RedriveOutcome> = {
  name: 'redrive',
  types: ['bigint'],
  valuesOf: (redrives) => [arrayText(redrives.map(({ after = 0 }) => Math.ceil(after)))],
  outcomes: { q: 'queued', o: 'open', k: 'kept', u: 'unknown' },
};

const REPLACE: Verb<Replacement, ReplaceOutcome> = {
  name: 'replace',
  types: ['text'],
  valuesOf: (replacements) => [arrayText(replacements.map(({ payload }) => payload))],
  outcomes: { p: 'replaced', s: 'started', u: 'unknown' },
};

type Operate<Item, Outcome> = (session: Session, schema: SchemaName, items: readonly Item[]) => Promise<readonly Outcome[]>;

const operate =
  <Item extends TaskKey, Outcome>(verb: Verb<Item, Outcome>): Operate<Item, Outcome> =>
  async (session, schema, items) => {
    const answers: Outcome[] = [];
    for (const page of pagesOf(items)) answers.push(...(await operatePage(session, schema, verb, page)));
    return answers;
  };

export const cancel: Operate<TaskKey, CancelOutcome> = operate(CANCEL);
export const bury: Operate<Burial, BuryOutcome> = operate(BURY);
export const redrive: Operate<Redrive, RedriveOutcome> = operate(REDRIVE);
export const replace: Operate<Replacement, ReplaceOutcome> = operate(REPLACE);

/** Each call is a transaction of its own: what it could not take hold of is asked for again by the next, which holds nothing yet. */
const operatePage = async <Item extends TaskKey, Outcome>(
  session: Session,
  schema: SchemaName,
  { name, types, valuesOf, outcomes }: Verb<Item, Outcome>,
  items: readonly Item[],
): Promise<Outcome[]> => {
  const casts = ['text', 'text', ...types].map((type, n) => `$${n + 1}::${type}[]`).join(', ');
  const query = `SELECT ${schema.quoted}.${name}(${casts}) AS letters`;
  const told: (Outcome | undefined)[] = items.map(() => undefined);
  let left = items.map((item, n) => ({ item, n }));
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === TRIES) throw restless(name, left[0]?.item);
    const given = left.map(({ item }) => item);
    const keys = [arrayText(given.map(({ labourer }) => labourer)), arrayText(given.map(({ id }) => id))];
    const [row] = await session.query<{ readonly letters: string }>(query, [...keys, ...valuesOf(given)]);
    left.forEach(({ n }, position) => {
      told[n] = outcomes[row?.letters[position] ?? ''];
    });
    left = left.filter(({ n }) => told[n] === undefined);
  }
  return told as Outcome[];
};

const restless = (verb: string, key: TaskKey | undefined): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'STORE_BUSY',
    message: `Postgres: ${verb} of ${JSON.stringify(key?.id)}: the task has moved ${TRIES} times while we reached for it; try again`,
  });
