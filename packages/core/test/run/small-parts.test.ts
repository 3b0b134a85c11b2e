import assert from 'node:assert/strict';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { Bag } from '../../src/run/bag.ts';
import { Deadlines } from '../../src/run/deadlines.ts';
import { Events } from '../../src/run/events.ts';
import { Holds } from '../../src/run/holds.ts';
import { Patience } from '../../src/run/patience.ts';
import { pauseAfter, persist } from '../../src/run/persist.ts';
import { settle } from './rig.ts';

describe('a bag', () => {
  it('has what was put in and not taken out, whatever the order of both', () => {
    const bag = new Bag<{ readonly name: string; place: number }>();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({ name, place: -1 }));
    assert.ok(a && b && c && d);
    for (const each of [a, b, c]) bag.add(each);
    bag.delete(a);
    bag.add(d);
    bag.delete(d);
    bag.delete(d); // a second time is none
    bag.delete(b);
    bag.add(a);
    assert.deepEqual(bag.all.map(({ name }) => name).sort(), ['a', 'c']);
    assert.deepEqual(
      [a, b, c, d].map((each) => bag.has(each)),
      [true, false, true, false],
    );
    assert.equal(bag.size, 2);
  });
});

describe('patience', () => {
  const open = () => {
    const clock = new ManualClock();
    return { clock, patience: new Patience(clock) };
  };
  const never = () => new Promise<never>(() => {});

  it('passes on what a call answers or throws, and is over after a minute without either', async () => {
    const { clock, patience } = open();
    assert.equal(await patience.ask('claim', async () => 7), 7);
    await assert.rejects(
      patience.ask('claim', () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    );
    let failure: unknown;
    void patience.ask('exchange', never).catch((error: unknown) => {
      failure = error;
    });
    await clock.advance(59_999);
    await settle(2);
    assert.equal(failure, undefined);
    await clock.advance(1);
    await settle(2);
    assert.match(String(failure), /exchange: the store has not answered within 60000 ms.*STORE_NO_ANSWER/s);
  });

  it('ends for all at once, and for whoever asks after', async () => {
    const { clock, patience } = open();
    const waiting = [patience.ask('claim', never), patience.ask('settle', never)].map((each) => each.catch(String));
    await clock.advance(0);
    patience.end();
    for (const each of await Promise.all(waiting)) assert.match(each, /STORE_NO_ANSWER/);
    let asked = false;
    const late = patience.ask('claim', async () => {
      asked = true;
    });
    await assert.rejects(late, /STORE_NO_ANSWER/);
    assert.equal(asked, false);
  });
});

describe('deadlines', () => {
  it('one that a callback takes back does not come, though its time has', async () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const called: string[] = [];
    const at = clock.now() + 10;
    const both = ['a', 'b'].map((name) =>
      deadlines.add(at, () => {
        called.push(name);
        for (const each of both) deadlines.cancel(each);
      }),
    );
    await clock.advance(10);
    await settle(2);
    assert.equal(called.length, 1);
  });

  it('call back in their order, though added in another, and not when taken back', async () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const called: string[] = [];
    const start = clock.now();
    deadlines.add(start + 300, () => called.push('c'));
    deadlines.add(start + 100, () => called.push('a'));
    const taken = deadlines.add(start + 200, () => called.push('b'));
    deadlines.cancel(taken);
    await clock.advance(100);
    await settle(2);
    assert.deepEqual(called, ['a']);
    await clock.advance(200);
    await settle(2);
    assert.deepEqual(called, ['a', 'c']);
  });

  it('a callback may add another', async () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const called: number[] = [];
    deadlines.add(clock.now() + 10, () => deadlines.add(clock.now() + 10, () => called.push(clock.now())));
    await clock.advance(10);
    await settle(2);
    await clock.advance(10);
    await settle(2);
    assert.deepEqual(called, [clock.now()]);
  });

  it('one made after the clock was set on comes in half a second, though a sleep from before is far from over', async () => {
    const world = new ManualClock();
    let offset = 0;
    const clock = { now: () => world.now() + offset, sleep: world.sleep.bind(world) };
    const deadlines = new Deadlines(clock);
    deadlines.add(clock.now() + 60_000, () => {});
    offset = 50_000; // what was to come in a minute is 10 s away, and the sleep lasts a minute
    let called = Number.NaN;
    const at = clock.now() + 11_000;
    deadlines.add(at, () => {
      called = clock.now();
    });
    await world.advance(12_000);
    assert.ok(called >= at && called <= at + 500, `${called - at} ms late`);
  });
});

describe('events', () => {
  it('a listener that throws harms no other, and is told of', () => {
    const events = new Events();
    const seen: string[] = [];
    events.on('task.completed', () => {
      throw new Error('mine');
    });
    events.on('task.completed', ({ id }) => seen.push(id));
    events.on('listener.failed', ({ event, error }) => seen.push(`${event}: ${(error as Error).message}`));
    events.emit('task.completed', { labourer: 'a', id: '1' });
    assert.deepEqual(seen, ['task.completed: mine', '1']);
  });

  it('a listener of failing listeners that fails does not go round for ever', () => {
    const events = new Events();
    events.on('listener.failed', () => {
      throw new Error('again');
    });
    events.on('task.completed', () => {
      throw new Error('mine');
    });
    events.emit('task.completed', { labourer: 'a', id: '1' });
  });

  it('an async listener that throws is told of as well, and ends nothing', async () => {
    const events = new Events();
    const seen: string[] = [];
    events.on('task.completed', (() => Promise.reject(new Error('mine'))) as () => void);
    events.on('listener.failed', ({ event, error }) => seen.push(`${event}: ${(error as Error).message}`));
    events.emit('task.completed', { labourer: 'a', id: '1' });
    await settle(2);
    assert.deepEqual(seen, ['task.completed: mine']);
  });

  it('a subscription ends', () => {
    const events = new Events();
    const seen: string[] = [];
    const off = events.on('task.completed', ({ id }) => seen.push(id));
    off();
    events.emit('task.completed', { labourer: 'a', id: '1' });
    assert.deepEqual(seen, []);
  });
});

describe('holds', () => {
  it('grow with refusals in a row, count a batch once, and end with success', async () => {
    const clock = new ManualClock();
    const events = new Events();
    const holds = new Holds(clock, new CountingChance(), events);
    const lengths: number[] = [];
    events.on('labourer.held', ({ until }) => lengths.push(until - clock.now()));
    for (let n = 0; n < 3; n += 1) {
      holds.refused('a', 'throttled', undefined);
      holds.refused('a', 'throttled', undefined);
      await clock.advance((holds.until('a') ?? clock.now()) - clock.now());
      assert.equal(holds.until('a'), undefined);
    }
    assert.equal(lengths.length, 3);
    for (const [n, each] of lengths.entries()) assert.ok(each >= 500 * 2 ** n && each <= 1_000 * 2 ** n, `hold ${n} was ${each} ms`);
    holds.received('a');
    holds.refused('a', 'throttled', undefined);
    assert.ok((lengths[3] ?? 0) <= 1_000);
  });
});

describe('persist', () => {
  it('repeats until it succeeds', async () => {
    const clock = new ManualClock();
    let tries = 0;
    const answer = persist(async () => (++tries < 3 ? Promise.reject(new Error('no')) : 'yes'), {
      clock,
      chance: new CountingChance(),
      until: clock.now() + 60_000,
    });
    for (let n = 0; n < 5; n += 1) {
      await settle(2);
      await clock.advance(1_000);
    }
    assert.equal(await answer, 'yes');
  });

  it('throws what the last try threw when the time is over', async () => {
    const clock = new ManualClock();
    await assert.rejects(
      persist(() => Promise.reject(new Error('no')), { clock, chance: new CountingChance(), until: clock.now() }),
      /no/,
    );
  });

  it('waits between half and the whole of a wait that doubles up to 5 s', () => {
    assert.deepEqual([pauseAfter(1, 0), pauseAfter(1, 0.999999), pauseAfter(50, 0)].map(Math.round), [50, 100, 2_500]);
  });
});
