import { expect, it, onTestFinished } from 'vitest';
import { defaultTables } from '../../src/config/greenfield-tables.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import { testDynamoDb } from '../tables/server.ts';
import { type Told, tellStory } from './story.ts';
import { wireTo } from './wire.ts';

const db = testDynamoDb();
const first = Number(process.env['REEVE_SIM_FIRST'] ?? 1);
const count = Number(process.env['REEVE_SIM_SEEDS'] ?? 60);
const steps = Number(process.env['REEVE_SIM_STEPS'] ?? 250);
const events = Number(process.env['REEVE_SIM_EVENTS'] ?? 60);
/** Stories that are told at once, each on tasks and labourers of its own. */
const AT_ONCE = 8;

const textOf = ({ seed, weather, problems, events }: Told): string =>
  [`seed ${seed}: ${problems.join('; ')}`, JSON.stringify(weather), ...events].join('\n');

it(`holds in ${count} stories of crashes, lost answers and late indexes, from seed ${first}`, {
  timeout: 60_000 + count * 2_000,
}, async () => {
  const tables = defaultTables(db.prefix());
  await createTables(db.client, tables);
  const wire = wireTo(db.url);
  onTestFinished(() => wire.close());
  const seeds = Array.from({ length: count }, (_, n) => first + n);
  const told: Told[] = [];
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      told.push(await tellStory({ wire, tables, prefix: `s${seed}-`, seed, steps, events }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const failed = told.filter(({ problems }) => problems.length > 0).sort((a, b) => a.seed - b.seed);
  const list = failed.map(({ seed, problems }) => `${seed}: ${problems[0]}`).join('\n');
  if (failed[0]) throw new Error(`${failed.length} of ${count} stories went wrong\n${list}\nThe first of them:\n${textOf(failed[0])}`);
  // What did not happen was not survived: only a single story that is told again may lack a fate.
  const missing = ['crash', 'lost', 'again', 'echo'].filter((fate) => !told.some(({ counts }) => (counts[fate] ?? 0) > 0));
  expect(count < 20 ? [] : missing).toEqual([]);
});
