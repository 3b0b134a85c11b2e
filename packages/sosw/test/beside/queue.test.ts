/** Where sosw puts new tasks while Reeve has retries in the same queue. */
import { afterEach, expect, test } from 'vitest';
import { testServer } from '../fixtures/installation.ts';
import { LEASE, openTown, type Town } from './town.ts';

const db = testServer();
let town: Town;
afterEach(() => town.close());

/** A retry of Reeve that is due, and a task that sosw made after it. */
const behindRetry = async (): Promise<Town> => {
  town = await openTown(db, { mill: 2 });
  const ours = town.reeve({ mill: 1 }, { retry: { kind: 'fixed', wait: 60_000 } });
  await town.sosw().create('mill', 'a');
  await ours.tick();
  await town.clock.advance(LEASE + 2_000);
  await town.settle(ours);
  await town.clock.advance(61_000);
  await town.sosw().create('mill', 'b');
  return town;
};
const greenfieldOf = async ({ rows, tables }: Town, id: string): Promise<number> =>
  Number((await rows(tables.tasks)).find((row) => row['task_id']?.S === id)?.['greenfield']?.N);

test('a task behind a due retry of Reeve stands past the present; the next sweep puts it back, and it runs after the retry', async () => {
  const { clock, reeve, settle, runs } = await behindRetry();
  expect(await greenfieldOf(town, 'b')).toBeGreaterThan(clock.now() / 1_000);
  const ours = reeve();
  await settle(ours);
  await ours.tick();
  expect(runs.map(({ id }) => id)).toEqual(['a', 'a', 'b']);
});

test('a sosw alone takes it for expired and queues it again: it runs once, though not in its turn', async () => {
  const { clock, sosw, runs } = await behindRetry();
  const theirs = sosw();
  for (let minute = 0; minute < 5; minute += 1) {
    await theirs.orchestrate();
    await theirs.scavenge();
    await clock.advance(60_000);
  }
  expect(runs.map(({ id }) => id)).toEqual(['a', 'a', 'b']);
});
