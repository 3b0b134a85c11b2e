/** The stories have to notice each planted bug. */
import { expect, it } from 'vitest';
import { createNativeTable } from '../../../src/index.ts';
import { testDynamoDb } from '../../tables/server.ts';
import { planted } from './plants.ts';
import { tellStory } from './story.ts';

const db = testDynamoDb();
/** Stories until one goes wrong, at most. */
const MOST = 60;
const AT_ONCE = 6;
/** The story that noticed it when this was written, where that was not the first: told before the others. */
const KNOWN: Readonly<Record<string, number>> = {
  'tasks are taken whatever their number of claims': 9,
  'verdicts do not ask for the token': 23,
  'a claim that was outdated still succeeds': 6,
  'verdicts do not ask whether the task is to be cancelled': 46,
  'places do not say whose key they are': 23,
};

it.each(Object.entries(planted))('notices that %s', { timeout: 240_000 }, async (name, meddle) => {
  const table = `${db.prefix()}reeve`;
  await createNativeTable(db.client, table);
  const problemOf = async (seed: number, prefix: string): Promise<string | undefined> =>
    (await tellStory({ client: db.client, table, prefix, seed, meddle })).problems[0];
  let problem = await problemOf(KNOWN[name] ?? 1, 'known-');
  let seed = 0;
  const lane = async (): Promise<void> => {
    while (problem === undefined && seed < MOST) {
      seed += 1;
      const found = await problemOf(seed, `s${seed}-`);
      problem ??= found;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  expect(problem).toBeDefined();
});
