import { expect, it } from 'vitest';
import { createNativeTable } from '../../../src/index.ts';
import { testDynamoDb } from '../../tables/server.ts';
import { type Told, tellStory } from './story.ts';

const db = testDynamoDb();
const first = Number(process.env['REEVE_SIM_FIRST'] ?? 1);
const count = Number(process.env['REEVE_SIM_SEEDS'] ?? 40);
/** Stories that are told at once, each on tasks and labourers of its own. */
const AT_ONCE = 8;

const textOf = ({ seed, weather, problems, events }: Told): string =>
  [`seed ${seed}: ${problems.join('; ')}`, JSON.stringify(weather), ...events].join('\n');

it(`holds in ${count} stories of crashes and lost answers, from seed ${first}`, { timeout: 60_000 + count * 2_000 }, async () => {
  const table = `${db.prefix()}reeve`;
  await createNativeTable(db.client, table);
  const seeds = Array.from({ length: count }, (_, n) => first + n);
  const told: Told[] = [];
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      told.push(
        await tellStory({ client: db.client, table, prefix: `s${seed}-`, seed, events: Number(process.env['REEVE_SIM_EVENTS'] ?? 60) }),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const failed = told.filter(({ problems }) => problems.length > 0).sort((a, b) => a.seed - b.seed);
  const list = failed.map(({ seed, problems }) => `${seed}: ${problems[0]}`).join('\n');
  if (failed[0]) throw new Error(`${failed.length} of ${count} stories went wrong\n${list}\nThe first of them:\n${textOf(failed[0])}`);
  for (const fate of ['crash', 'lost', 'again', 'echo']) expect(told.some(({ counts }) => (counts[fate] ?? 0) > 0)).toBe(true);
});
