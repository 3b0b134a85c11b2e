import { simulate } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';

describe('a simulated run', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is the same, event by event, for the same seed (%i)', async (seed) => {
    const [first, second] = [await simulate({ seed }), await simulate({ seed })];
    expect(second).toEqual(first);
    expect(first.happenings).toBeGreaterThan(20);
  });

  it('is another for another seed, and for other options', async () => {
    const hashes = [await simulate({ seed: 3 }), await simulate({ seed: 4 }), await simulate({ seed: 3, options: { tasks: 2 } })];
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(3);
  });

  it('has all that its options say, and nothing that they were written down without', async () => {
    const { options } = await simulate({ seed: 3 });
    const { urgent: _, hasty: __, followed: ___, operations: ____, keyed: _____, batches: ______, resources: _______, ...before } = options;
    const again = await simulate({ seed: 3, options: before });
    expect([again.options.urgent, again.options.hasty, again.options.followed, again.options.operations]).toEqual([0, 0, 0, 0]);
    expect([again.options.keyed, again.options.batches, again.options.resources]).toEqual([0, 0, {}]);
    expect((await simulate({ seed: 3, options: { tasks: 5 } })).options).toEqual({ ...options, tasks: 5 });
  });

  it('takes no real time', async () => {
    const { virtual } = await simulate({ seed: 7 });
    expect(virtual).toBeGreaterThan(20_000);
  });
});
