/** Planted faults, each of which some story has to tell: what the stories hold is worth no more than what they notice. */
import { expect, it, onTestFinished } from 'vitest';
import { defaultTables } from '../../src/config/greenfield-tables.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import { testDynamoDb } from '../tables/server.ts';
import { type Told, tellStory } from './story.ts';
import type { Meddle, Sent } from './traffic.ts';
import { wireTo } from './wire.ts';

const db = testDynamoDb();
const MOST = 120;

const names = ({ input }: Sent, attribute: string): boolean => Object.values(input.ExpressionAttributeNames ?? {}).includes(attribute);
const isGroup = ({ input }: Sent): boolean => input.Key?.['task_id']?.S?.startsWith('reeve:') === true;
const sets = ({ input }: Sent, attribute: string): boolean => {
  const [placeholder = '-'] = Object.entries(input.ExpressionAttributeNames ?? {}).find(([, name]) => name === attribute) ?? [];
  return new RegExp(`SET .*${placeholder} = `).test(input.UpdateExpression ?? '');
};

/** Without these terms of its condition, and without the names and values that only they had. */
const without = (sent: Sent, isTerm: (term: string) => boolean): Sent => {
  const { ConditionExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {}, ...rest } = sent.input;
  const kept = ConditionExpression.split(/ AND (?!:)/).filter((term) => !isTerm(filled(sent, term)));
  const text = `${rest.UpdateExpression ?? ''} ${kept.join(' ')} `;
  const used = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([placeholder]) => new RegExp(`${placeholder}\\b`).test(text)));
  const [ownNames, ownValues] = [used(ExpressionAttributeNames), used(ExpressionAttributeValues)];
  const input = {
    ...rest,
    ...(kept.length > 0 && { ConditionExpression: kept.join(' AND ') }),
    ...(Object.keys(ownNames).length > 0 && { ExpressionAttributeNames: ownNames }),
    ...(Object.keys(ownValues).length > 0 && { ExpressionAttributeValues: ownValues }),
  };
  return { ...sent, input };
};

const filled = ({ input }: Sent, term: string): string =>
  Object.entries(input.ExpressionAttributeNames ?? {}).reduceRight(
    (sum, [from, to]) => sum.replaceAll(new RegExp(`${from}\\b`, 'g'), to),
    term,
  );

const on =
  (isIt: (sent: Sent) => boolean, change: (sent: Sent) => Sent | undefined): Meddle =>
  (sent) =>
    isIt(sent) ? change(sent) : sent;

const isUpdate = (sent: Sent): boolean => sent.name === 'UpdateItem';
const all = (): boolean => true;
const drop = (): undefined => undefined;
const isClaim = (sent: Sent): boolean => isUpdate(sent) && !isGroup(sent) && sets(sent, 'reeve_token');
const isVerdict = (sent: Sent): boolean => isUpdate(sent) && !isGroup(sent) && sets(sent, 'reeve_verdict') && names(sent, 'reeve_token');

const untagged = (values: Sent['input']['ExpressionAttributeValues'] = {}): typeof values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.S === undefined ? value : { S: value.S.replace(/^(.{18})#.*$/, '$1') }]),
  );

interface Fault {
  readonly meddle: Meddle;
  /** Told first: it noticed when this was written. */
  readonly seed: number;
}

const faults: Readonly<Record<string, Fault>> = {
  'places are taken though others were taken since the count': {
    seed: 1,
    meddle: on(
      (sent) => isGroup(sent) && sets(sent, 'reeve_by'),
      (sent) => without(sent, all),
    ),
  },
  'a claim believes the index': {
    seed: 20,
    meddle: on(isClaim, (sent) => without(sent, (term) => /greenfield|reeve_until|reeve_n/.test(term))),
  },
  'a claim does not look at the number of the claim before': {
    seed: 168,
    meddle: on(isClaim, (sent) => without(sent, (term) => term.includes('reeve_n'))),
  },
  'a verdict does not need the token': {
    seed: 169,
    meddle: on(isVerdict, (sent) => without(sent, (term) => term.includes('reeve_token'))),
  },
  'a verdict does not need a lease': { seed: 6, meddle: on(isVerdict, (sent) => without(sent, (term) => term.includes('reeve_until'))) },
  'a verdict does not heed a cancellation': {
    seed: 1,
    meddle: on(isVerdict, (sent) => without(sent, (term) => term.includes('reeve_cancel'))),
  },
  'a verdict does not heed what follows': {
    seed: 2,
    meddle: on(isVerdict, (sent) => without(sent, (term) => term.includes('reeve_follow'))),
  },
  'an end is taken out by whoever comes': {
    seed: 9,
    meddle: on(
      (sent) => isUpdate(sent) && !isGroup(sent) && names(sent, 'reeve_ended') && !names(sent, 'reeve_verdict'),
      (sent) => without(sent, (term) => term.includes('reeve_ended')),
    ),
  },
  'an ended task is not archived': {
    seed: 1,
    meddle: on((sent) => sent.name === 'PutItem' && sent.input.TableName?.endsWith('closed_tasks') === true, drop),
  },
  'enqueueing writes over what is there': {
    seed: 3,
    meddle: on(
      (sent) => sent.name === 'PutItem' && sent.input.ConditionExpression !== undefined,
      (sent) => without(sent, all),
    ),
  },
  'a place is given back though a claim may still come for it': {
    seed: 97,
    meddle: on((sent) => isUpdate(sent) && !isGroup(sent) && sets(sent, 'reeve_n') && !names(sent, 'reeve_token'), drop),
  },
  'a renewal takes a place that has been counted as free': {
    seed: 57,
    meddle: on(
      (sent) => isGroup(sent) && /BETWEEN/.test(sent.input.ConditionExpression ?? ''),
      (sent) => without(sent, all),
    ),
  },
  'a renewal does not touch its place': {
    seed: 12,
    meddle: on((sent) => isGroup(sent) && /BETWEEN/.test(sent.input.ConditionExpression ?? ''), drop),
  },
  'places do not say whose key they are': {
    seed: 44,
    meddle: on(
      (sent) => isGroup(sent) && sets(sent, 'reeve_by'),
      (sent) => ({ ...sent, input: { ...sent.input, ExpressionAttributeValues: untagged(sent.input.ExpressionAttributeValues) } }),
    ),
  },
  'nobody is told that there is work': {
    seed: 4,
    meddle: on((sent) => isGroup(sent) && sets(sent, 'reeve_due') && /^SET [^,]+, [^,]+$/.test(sent.input.UpdateExpression ?? ''), drop),
  },
};

it.each(Object.entries(faults))('%s: a story tells', { timeout: 120_000 }, async (_, { meddle, seed: first }) => {
  const tables = defaultTables(db.prefix());
  await createTables(db.client, tables);
  const wire = wireTo(db.url);
  onTestFinished(() => wire.close());
  let caught: Told | undefined;
  for (let seed = first; !caught && seed < first + MOST; seed += 1) {
    const told = await tellStory({ wire, tables, prefix: `s${seed}-`, seed, meddle, weather: { sosw: 'none' } });
    if (told.problems.length > 0) caught = told;
  }
  expect(caught?.problems[0], `${MOST} stories noticed nothing`).toBeDefined();
  if (process.env['REEVE_SIM_TELL']) console.log(`seed ${caught?.seed}: ${caught?.problems[0]}`);
});
