/** From sosw to Reeve and back, while tasks come in, run, fail to report and are retried. */
import { describe, expect, test } from 'vitest';
import { testServer } from '../fixtures/installation.ts';
import { CAPS, type Phase, tellStory } from './story.ts';

const db = testServer();

const PHASES: readonly Phase[] = [
  { name: 'sosw alone', sosw: true, soswScavenger: true, reeve: false, steps: 5 },
  { name: "Reeve beside, in place of sosw's Scavenger", sosw: true, soswScavenger: false, reeve: true, steps: 12 },
  { name: 'Reeve alone', sosw: false, soswScavenger: false, reeve: true, steps: 12 },
  { name: 'beside again', sosw: true, soswScavenger: false, reeve: true, steps: 5 },
  { name: 'sosw alone again', sosw: true, soswScavenger: true, reeve: false, steps: 400 },
];

describe.each([1, 2, 3])('story %i', (seed) => {
  test('loses nothing, runs nothing twice but what never reported, and keeps the caps that are promised', async () => {
    const { created, runs, closed, left, live } = await tellStory(db, PHASES, seed);
    const times = (id: string): number => runs.filter((run) => run.id === id).length;
    for (const [id, hangs] of created) expect([id, times(id)]).toEqual([id, hangs ? 2 : 1]);
    expect(new Set(runs.map(({ by }) => by))).toEqual(new Set(['sosw', 'reeve']));
    for (const id of created.keys()) expect([id, closed.get(id)]).toEqual([id, `${id.split('-')[0]}_1`]);
    expect(left).toEqual([]);

    for (const [labourer, cap] of Object.entries(CAPS)) {
      const of = (name: string): readonly number[] => live.filter((each) => each.phase === name).map((each) => each.running[labourer] ?? 0);
      expect(Math.max(...of('sosw alone')), labourer).toBe(cap);
      for (const { name } of PHASES) expect(Math.max(...of(name)), `${labourer}, ${name}`).toBeLessThanOrEqual(2 * cap);
      // Beside each other they had both counts; from the moment that has ended, Reeve's is strict.
      const alone = of('Reeve alone');
      const first = alone.findIndex((count) => count <= cap);
      expect(first, `${labourer} has come under its cap`).toBeGreaterThanOrEqual(0);
      expect(Math.max(...alone.slice(first)), labourer).toBeLessThanOrEqual(cap);
    }
  });
});
