import assert from 'node:assert/strict';
import { printFailure, type SimulateRequest, type Story, simulate } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';

const labourers = { charge: { maxSimultaneousInvocations: 2, lease: { duration: 5_000, cooldown: 2_000 }, maxAttempts: 4 } };
const task: Story['task'] = (number) => ({ labourer: 'charge', payload: { order: number } });

/** Faults enough that some attempts are started twice. */
const play = (seed: number, story: Story, options: SimulateRequest['options'] = {}) =>
  simulate({ seed, story, options: { versions: [labourers], workers: 2, tasks: 12, ...options } });

describe("a story of the user's own", () => {
  it('runs in the process that claimed it, and in workers of its own', async () => {
    for (const workers of [0, 2]) {
      const worked: string[] = [];
      const story: Story = { task, handlers: () => ({ charge: (_: unknown, { id }) => worked.push(id) }) };
      const report = await play(3, story, { workers });
      assert.equal(report.violations.length, 0, printFailure(report));
      expect(new Set(worked.filter((id) => id.startsWith('task-'))).size).toBeGreaterThan(6);
    }
  });

  it('that counts on a worker to run once is found out', async () => {
    const found = [];
    for (let seed = 1; seed <= 20; seed += 1) {
      let charges = 0;
      const story: Story = {
        task,
        handlers: ({ clock }) => ({
          charge: async () => {
            charges += 1; // without a look at whether it was charged before
            await clock.sleep(100);
          },
        }),
        check: (tasks) => {
          if (charges > tasks.length) throw new Error(`${charges} charges for ${tasks.length} orders`);
        },
      };
      const report = await play(seed, story);
      found.push(...report.violations);
    }
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(['own']));
  });

  it('has an operator at its tasks only if that is asked for', async () => {
    const ends = new Set<string>();
    const story: Story = { task, check: (tasks) => void tasks.map(({ state }) => ends.add(state)) };
    for (let seed = 1; seed <= 10; seed += 1) await play(seed, story);
    expect([...ends].filter((each) => each !== 'completed' && each !== 'dead')).toEqual([]);
    for (let seed = 1; seed <= 10; seed += 1) {
      const report = await play(seed, story, { hasty: 0.5, operations: 20 });
      assert.equal(report.violations.length, 0, printFailure(report));
    }
    expect([...ends].sort()).toEqual(['cancelled', 'completed', 'dead', 'dropped']);
  });

  it('with tasks that cannot be enqueued fails, and says why', async () => {
    const { violations } = await play(1, { task: () => ({ labourer: 'nobody', payload: 1 }) });
    expect(violations.map(({ what }) => what).join()).toMatch(/UNKNOWN_LABOURER/);
  });
});
