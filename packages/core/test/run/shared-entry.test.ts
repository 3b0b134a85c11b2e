import assert from 'node:assert/strict';
import { type Change, MemoryTaskStore, type Register } from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { SharedEntry } from '../../src/run/shared-entry.ts';

const parts = (change: (honest: Register) => Partial<Register> = () => ({})) => {
  const clock = new ManualClock();
  const store = new MemoryTaskStore({ clock });
  const honest: Register = { look: (names) => store.look(names), change: (changes) => store.change(changes) };
  const register: Register = { ...honest, ...change(honest) };
  const looks = { count: 0 };
  const counted: Register = {
    look: (names) => {
      looks.count += 1;
      return register.look(names);
    },
    change: (changes) => register.change(changes),
  };
  return { clock, store, chance: new CountingChance(), register: counted, looks: () => looks.count };
};

const addOne = (before: number | undefined) => ({ value: (before ?? 0) + 1, answer: before ?? 0 });

describe('a shared entry', () => {
  it('is changed by many at once, each once', async () => {
    const own = parts();
    const entries = Array.from({ length: 5 }, () => new SharedEntry<number>('count', own));
    const all = Array.from({ length: 50 }, (_, n) => entries[n % 5]?.update(addOne));
    let over = false;
    const counted = Promise.all(all).finally(() => {
      over = true;
    });
    while (!over) await own.clock.advance(10);
    const before = await counted;
    assert.deepEqual(
      [...before].sort((a, b) => Number(a) - Number(b)),
      Array.from({ length: 50 }, (_, n) => n),
    );
    assert.equal(await entries[0]?.look(), 50);
  });

  it('goes by what its last change left, and looks again when that is old', async () => {
    const own = parts();
    const entry = new SharedEntry<number>('count', own);
    for (let n = 0; n < 10; n += 1) await entry.update(addOne);
    assert.equal(own.looks(), 1);
    await own.clock.advance(1_001);
    await entry.update(addOne);
    assert.equal(own.looks(), 2);
  });

  it('reckons with the time that has elapsed, whatever the clock of its process is set to', async () => {
    const own = parts();
    let offset = 0;
    const clock = { now: () => own.clock.now() + offset, elapsed: () => own.clock.now(), sleep: own.clock.sleep.bind(own.clock) };
    const entry = new SharedEntry<number>('next', { ...own, clock });
    const instantOf = () => entry.update((_, now) => ({ value: now, answer: now }));
    await instantOf();
    await own.clock.advance(14_000);
    offset = -13_500; // what was heard 14 s ago seems to have been heard half a second ago
    assert.equal(await instantOf(), own.clock.now());
    await own.clock.advance(500);
    offset = 3_600_000;
    assert.equal(await instantOf(), own.clock.now());
    assert.equal(own.looks(), 2, 'a clock that is set does not cost a look');
  });

  it('hears from a stale change what lies there, and needs no look for it', async () => {
    const own = parts();
    const [mine, other] = [new SharedEntry<number>('count', own), new SharedEntry<number>('count', own)];
    await mine.update(addOne);
    await other.update(() => ({ value: 40, answer: 0 }));
    const looks = own.looks();
    assert.equal(await mine.update(addOne), 40);
    assert.equal(own.looks(), looks);
  });

  it('takes its own change for done, when a client has sent it twice', async () => {
    const twice = (honest: Register): Partial<Register> => ({
      change: async (changes: readonly Change[]) => {
        await honest.change(changes);
        return honest.change(changes);
      },
    });
    const entry = new SharedEntry<number>('count', parts(twice));
    assert.equal(await entry.update(addOne), 0);
    assert.equal(await entry.look(), 1);
  });

  it('is given up after a hundred tries, with a code', async () => {
    const always = (honest: Register): Partial<Register> => ({
      change: (changes) => honest.change(changes.map((each) => ({ ...each, expected: 'nobody' }))),
    });
    const own = parts(always);
    const update = new SharedEntry<number>('count', own).update(addOne);
    const failed = assert.rejects(update, { code: 'REGISTER_BUSY' });
    for (let n = 0; n < 200; n += 1) await own.clock.advance(50);
    await failed;
  });

  it('is forgotten with `null`, and after its keep', async () => {
    const own = parts();
    const entry = new SharedEntry<number>('count', own);
    await entry.update(() => ({ value: 7, keep: 1_000, answer: undefined }));
    assert.equal(await entry.look(), 7);
    await own.clock.advance(1_000);
    assert.equal(await entry.look(), undefined);
    await entry.update(addOne);
    await entry.update(() => ({ value: null, answer: undefined }));
    assert.equal(await entry.look(), undefined);
  });
});
