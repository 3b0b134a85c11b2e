/** How many run while a sosw and a Reeve start tasks of the same labourer. */
import { afterEach, describe, expect, test } from 'vitest';
import { testServer } from '../fixtures/installation.ts';
import { LEASE, openTown, type Town } from './town.ts';

const db = testServer();
let town: Town;
afterEach(() => town.close());

const open = async (cap: number, tasks: number): Promise<Town> => {
  town = await openTown(db, { mill: cap });
  const sosw = town.sosw();
  for (let n = 0; n < tasks; n += 1) await sosw.create('mill', `t${n}`);
  return town;
};

describe('what sosw has started', () => {
  test('counts under the cap of Reeve once it has swept, and not before', async () => {
    const { sosw, reeve, runs, settle } = await open(3, 12);
    await sosw().orchestrate();
    expect(runs).toHaveLength(3);
    const swept = reeve();
    await settle(swept);
    await swept.tick();
    expect(runs).toHaveLength(3);
    const hasty = reeve({ mill: 5 });
    await hasty.tick();
    expect(runs).toHaveLength(5); // the ledger knew of three
  });

  test('is not known to a Reeve that ticks before it sweeps: then it is up to both caps together', async () => {
    const { sosw, reeve, runs } = await open(3, 12);
    await sosw().orchestrate();
    await reeve().tick();
    expect(runs.map(({ by }) => by)).toEqual(['sosw', 'sosw', 'sosw', 'reeve', 'reeve', 'reeve']);
  });
});

describe('what Reeve has started', () => {
  test('counts under the cap of sosw at once', async () => {
    const { sosw, reeve, runs } = await open(3, 12);
    await reeve({ mill: 2 }).tick();
    await sosw().orchestrate();
    await sosw().orchestrate();
    expect(runs.map(({ by }) => by)).toEqual(['reeve', 'reeve', 'sosw']);
  });

  test('does not count there while its lease has more than 1,200 s to go', async () => {
    const { sosw, reeve, runs, clock } = await open(3, 12);
    await reeve({ mill: 3 }, { lease: { duration: LEASE, cooldown: 60_000 } }).tick();
    expect(await sosw().running('mill')).toEqual([]);
    await sosw().orchestrate();
    expect(runs).toHaveLength(6);
    await clock.advance(60_000);
    expect(await sosw().running('mill')).toHaveLength(6);
  });
});

test('both at once start each task once, and never more than both caps together', async () => {
  const { sosw, reeve, runs, settle, clock } = await open(4, 40);
  const ours = reeve({ mill: 3 });
  const theirs = sosw();
  const ids = (): readonly string[] => runs.map(({ id }) => id);
  for (let round = 0; ids().length < 40; round += 1) {
    const from = runs.length;
    await Promise.all([theirs.orchestrate(), ours.tick(), theirs.orchestrate()]);
    // Two rounds of one sosw at the same time exceed its own cap by themselves: so it is its cap twice, and Reeve's.
    expect(runs.length - from, `round ${round}`).toBeLessThanOrEqual(4 + 4 + 3);
    expect(runs.length - from, `round ${round}`).toBeGreaterThan(0);
    for (const { id } of runs.slice(from)) await theirs.assist(id);
    await settle(ours);
    await clock.advance(60_000);
  }
  expect(new Set(ids()).size).toBe(40);
});

test('caps that are halves of one are never more than it together', async () => {
  const { sosw, reeve, runs, settle, clock } = await open(4, 30);
  const ours = reeve({ mill: 2 });
  const theirs = sosw({ mill: 2 });
  const started = new Set<string>();
  for (let round = 0; runs.length < 30; round += 1) {
    await Promise.all([theirs.orchestrate(), ours.tick()]);
    const live = runs.filter(({ id }) => !started.has(id));
    expect(live.length, `round ${round}`).toBeLessThanOrEqual(4);
    for (const { id } of live) started.add(id);
    for (const { id } of live) await theirs.assist(id);
    await settle(ours);
    await clock.advance(60_000);
  }
  expect(started.size).toBe(30);
});
