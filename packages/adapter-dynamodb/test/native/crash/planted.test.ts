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

it.each(Object.entries(planted))('notices that %s', { timeout: 240_000 }, async (_, meddle) => {
  const table = `${db.prefix()}reeve`;
  await createNativeTable(db.client, table);
  let seed = 0;
  let problem: string | undefined;
  const lane = async (): Promise<void> => {
    while (problem === undefined && seed < MOST) {
      seed += 1;
      const told = await tellStory({ client: db.client, table, prefix: `s${seed}-`, seed, meddle });
      problem ??= told.problems[0];
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  expect(problem).toBeDefined();
});
