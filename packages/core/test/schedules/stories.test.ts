import assert from 'node:assert/strict';
import { type EpochMs, MINUTE, type ScheduleDefinition, SECOND } from '@reeve/core';
import { CountingChance } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { settle } from '../run/rig.ts';
import { type AnyStore, instantsOf, iso, NOON, world } from './rig.ts';

const STORIES = 16;
const LENGTH = 8 * MINUTE;
/** By then what was late has come, and what was left to somebody dead has been taken up. */
const CALM = 3 * MINUTE;

const CODE: Readonly<Record<string, ScheduleDefinition>> = {
  each: { every: 10 * SECOND, missed: { all: 1_000 }, enqueue: { labourer: 'mill', passInstant: true } },
  alone: { every: 15 * SECOND, overlap: 'skip', enqueue: { labourer: 'forge', passInstant: true } },
};

interface Life {
  isDead: boolean;
}

const never = (): Promise<never> => new Promise(() => {});

/** Three processes that die at any time, over a store that answers late, not at all, or an error, whether or not it did what it was asked. */
const tell = async (seed: number): Promise<void> => {
  const chance = new CountingChance(seed);
  const { clock, store, process } = world(NOON);
  let isRough = true;
  const happens = (share: number): boolean => isRough && chance.random() < share;

  const reached = (life: Life): AnyStore =>
    new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          if (life.isDead) return never();
          if (happens(0.04)) throw new Error('it was not reached');
          if (happens(0.08)) await clock.sleep(chance.random() * 25 * SECOND);
          else if (happens(0.4)) await clock.sleep(chance.random() * 300);
          // What a dead process sent may still arrive.
          if (life.isDead && happens(0.5)) return never();
          const answer: unknown = await Reflect.apply(member, target, args);
          if (life.isDead) return never();
          if (happens(0.04)) throw new Error('its answer was lost');
          return answer;
        };
      },
    });

  const fired: string[] = [];
  const skipped: string[] = [];
  const start = (): Life => {
    const life: Life = { isDead: false };
    const { schedules, events } = process({ code: CODE, store: reached(life) });
    events.on('schedule.fired', ({ schedule, instant }) => void (life.isDead || fired.push(`${schedule} ${instant}`)));
    events.on(
      'schedule.skipped',
      ({ schedule, from, to }) => void (life.isDead || skipped.push(`${schedule} ${from}`, `${schedule} ${to}`)),
    );
    void schedules.run({ signal: new AbortController().signal });
    return life;
  };

  const lives = [start(), start(), start()];
  const end = async (labourer: string): Promise<void> => {
    const { leases } = await store.claim({ labourer, token: `${clock.now()}`, cap: 100, limit: 100, lease: 1_000 });
    await store.settle(leases.map(({ id, token }) => ({ kind: 'completed', labourer, id, token })));
  };
  for (let at = 0; at < LENGTH + CALM; at += SECOND) {
    isRough = at < LENGTH;
    const slot = Math.floor(chance.random() * lives.length);
    if (happens(0.05)) {
      const life = lives[slot];
      if (life) life.isDead = true;
      lives[slot] = start();
    }
    await settle(4);
    await clock.advance(SECOND);
    const [open] = await store.census(['forge']);
    assert.ok((open?.due ?? 0) <= 1, `story ${seed}: ${open?.due} of one that is to be alone`);
    if (chance.random() < 0.05) await end('forge');
  }

  const each = await instantsOf(store);
  const first: EpochMs = Date.parse(each[0] ?? '');
  const last = Math.floor(clock.now() / (10 * SECOND)) * 10 * SECOND;
  assert.ok(first - NOON < 2 * MINUTE && last >= NOON + LENGTH + CALM - 10 * SECOND, `story ${seed}: from ${each[0]}`);
  const expected = Array.from({ length: (last - first) / (10 * SECOND) + 1 }, (_, n) => first + n * 10 * SECOND);
  assert.deepEqual(each, iso(expected), `story ${seed}`);
  assert.equal(new Set(fired).size, fired.length, `story ${seed}: told twice that it fired`);
  assert.ok(!fired.some((one) => skipped.includes(one)), `story ${seed}: fired and passed over`);
  assert.ok(fired.length > 60 && skipped.length > 3, `story ${seed}: ${fired.length} fired, ${skipped.length} passed over`);
};

describe('stories of processes that die and of a store that answers late or not', () => {
  it('in each of them every instant fires once, and what is to be alone is', { timeout: 300_000 }, async () => {
    for (let seed = 1; seed <= STORIES; seed += 1) await tell(seed);
  });
});
