/** Why there is to be one Scavenger: those of sosw look at nothing between their reading and their writing. */
import { afterEach, describe, expect, test } from 'vitest';
import { testServer } from '../fixtures/installation.ts';
import { LEASE, openTown, type Town } from './town.ts';

const db = testServer();
let town: Town;
afterEach(() => town.close());

/** A task whose first attempt never reported, and is out of time. */
const silent = async (): Promise<Town> => {
  town = await openTown(db, { mill: 2 });
  const sosw = town.sosw();
  await sosw.create('mill', 'a');
  await sosw.orchestrate();
  await town.clock.advance(LEASE + 2_000);
  return town;
};
const isDone = async ({ rows, tables }: Town): Promise<void> => {
  expect(await rows(tables.closed)).toMatchObject([{ task_id: { S: 'a' }, labourer_id_task_status: { S: 'mill_1' } }]);
  expect(await rows(tables.retry)).toEqual([]);
  expect((await rows(tables.tasks)).filter((row) => row['labourer_id'] && row['greenfield'])).toEqual([]);
};

describe("sosw's Scavenger", () => {
  test('that puts off what Reeve has put off since, loses nothing and doubles nothing', async () => {
    const { sosw, reeve, settle, clock, runs } = await silent();
    const [ours, theirs] = [reeve(), sosw()];
    const [seen] = await theirs.expired('mill');
    await settle(ours); // reaped: it waits for its next attempt
    await theirs.putOff(seen!); // and is put off once more, by what it was
    for (let minute = 0; minute < 16; minute += 1) {
      await settle(ours);
      await ours.tick();
      await clock.advance(60_000);
    }
    expect(runs.map(({ by }) => by)).toEqual(['sosw', 'reeve']);
    await theirs.assist('a');
    await settle(ours);
    await isDone(town);
  });

  test('that queues again what Reeve has brought back and started meanwhile, makes it run twice', async () => {
    const { sosw, reeve, settle, clock, runs } = await silent();
    const [ours, theirs] = [reeve(), sosw()];
    await theirs.scavenge();
    await clock.advance(300_000);
    const due = await theirs.dueRetries('mill');
    await settle(ours);
    await ours.tick();
    await theirs.requeue('mill', due);
    await theirs.orchestrate();
    expect(runs.map(({ by }) => by)).toEqual(['sosw', 'reeve', 'sosw']);
    await theirs.assist('a');
    await theirs.assist('a');
    await settle(ours);
    await isDone(town);
  });
});

test('one Scavenger at a time: the same story with Reeve alone runs it once more, and no oftener', async () => {
  const { sosw, reeve, settle, clock, runs } = await silent();
  const ours = reeve();
  for (let minute = 0; minute < 19; minute += 1) {
    await settle(ours);
    await Promise.all([ours.tick(), sosw().orchestrate()]);
    await clock.advance(60_000);
  }
  expect(runs).toHaveLength(2);
  await sosw().assist('a');
  await settle(ours);
  await isDone(town);
});
