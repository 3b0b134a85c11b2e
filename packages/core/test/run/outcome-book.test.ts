import assert from 'node:assert/strict';
import { defineLabourers, type JsonText, type OutcomeEntry } from '@reeve/core';
import { describe, it } from 'vitest';
import { adaptiveLabourers, BEGINNING, outcomeRig, WINDOW } from './outcome-rig.ts';
import { gate, settle } from './rig.ts';

/** How many attempts an entry tells of. */
const endedOf = (entry: { readonly value: string } | undefined): number => {
  const { open, closed } = JSON.parse(entry?.value ?? '{"closed":[]}') as OutcomeEntry;
  return closed.reduce((sum, { outcomes }) => sum + outcomes.ended, open?.counts.ended ?? 0);
};

const limitOf = (process: ReturnType<ReturnType<typeof outcomeRig>['process']>): number | undefined =>
  process.book.of('l0')?.entry.adaptive?.limit;

describe('the outcome book', () => {
  it('of two processes is one: what both counted makes one window, stepped once', async () => {
    const { process, pass, calls, store } = outcomeRig();
    const [a, b] = [process(), process()];
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    for (let n = 0; n < 6; n += 1) {
      a.end(60, 3);
      b.end(40, 3);
      await pass(WINDOW * 1.25);
      await Promise.all([a.book.refresh(), b.book.refresh()]);
    }
    await pass(WINDOW * 1.25);
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    await pass(WINDOW * 1.25);
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    const { entries } = await store.look(['ecology:l0']);
    assert.equal(endedOf(entries[0]), 600, 'nothing is lost, nothing counted twice');
    assert.equal(a.book.of('l0')?.entry.open, undefined);
    assert.equal(limitOf(a), limitOf(b));
    assert.ok(calls.change <= 24, `${calls.change} writes for 600 attempts`);
  });

  it('of a process that was idle for long begins the window with what ends then', async () => {
    const { process, pass, running } = outcomeRig();
    const own = process();
    await own.book.refresh();
    await pass(86_400_000);
    running.count = 10;
    const end = (count: number): void => {
      for (let n = 0; n < count; n += 1) own.events.emit('attempt.ended', { labourer: 'l0', id: String(n), failed: false });
    };
    for (let n = 0; n < 12; n += 1) {
      end(10);
      await settle();
      await pass(1_000);
    }
    // 10 run and 10 end in a second, by what the workers report: each takes a second.
    const took = own.book.of('l0')?.entry.closed.at(-1)?.outcomes.took ?? 0;
    assert.ok(took > 700 && took < 1_400, `${took}`);
    const most = Math.max(...(own.book.of('l0')?.entry.closed ?? []).map(({ outcomes }) => outcomes.took ?? 0));
    assert.ok(most < 2_000, `${most}`);
  });

  it('writes once in a window', async () => {
    const { process, pass, calls } = outcomeRig();
    const own = process();
    await own.book.refresh();
    for (let n = 0; n < 100; n += 1) {
      own.end(5);
      await settle(2);
      await pass(1_000);
    }
    assert.ok(calls.change <= 25, `${calls.change} writes in 20 windows`);
    assert.ok((own.book.of('l0')?.entry.closed.length ?? 0) >= 9, 'of a minute');
  });

  it('writes nothing for a task, and nothing where nothing happened', async () => {
    const { process, pass, calls } = outcomeRig(adaptiveLabourers(100));
    const own = process();
    for (let n = 0; n < 100; n += 1) {
      await own.book.refresh();
      await pass(1_000);
    }
    assert.equal(calls.change, 0);
    assert.equal(calls.census, 0);
    assert.ok(calls.look <= 26, `${calls.look} looks in 20 windows`);
    own.end(1_000);
    await settle();
    assert.ok(calls.change <= 1);
  });

  it('asks and writes in one call for all labourers', async () => {
    const { process, pass, calls } = outcomeRig(adaptiveLabourers(50));
    const own = process();
    await own.book.refresh();
    for (let n = 0; n < 50; n += 1) own.end(20, 0, 500, `l${n}`);
    await pass(WINDOW * 1.3);
    const before = { ...calls };
    await own.book.refresh();
    assert.deepEqual(
      [calls.look - before.look, calls.change - before.change, calls.changes - before.changes, calls.census - before.census],
      [1, 1, 50, 1],
    );
  });

  it('needs no timer: an attempt that ends makes a turn that is due', async () => {
    const { process, pass, clock, running } = outcomeRig();
    running.count = 40;
    const own = process();
    await own.book.refresh();
    for (let n = 0; n < 8; n += 1) {
      await pass(WINDOW * 1.3);
      own.end(50);
      await settle();
    }
    assert.ok((limitOf(own) ?? 0) > 15, `${limitOf(own)}`);
    assert.equal(clock.sleeping, 0);
  });

  it('of labourers that ask for nothing counts nothing and listens to nothing', async () => {
    const { process, calls } = outcomeRig(defineLabourers({ l0: { maxSimultaneousInvocations: 2 } }));
    const own = process();
    assert.equal(own.events.hears('attempt.ended'), false);
    assert.equal(own.events.hears('attempt.done'), false);
    await own.book.refresh();
    assert.deepEqual(calls, { look: 0, change: 0, census: 0, changes: 0 });
  });

  it('tells what changed, in each process', async () => {
    const { process, pass, running } = outcomeRig(adaptiveLabourers(1, { breaker: { failures: 0.5, atLeast: 10, openFor: 30_000 } }));
    const [a, b] = [process(), process()];
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    a.end(40, 30);
    await pass(WINDOW * 1.3);
    await a.book.refresh();
    await pass(WINDOW * 1.3);
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    for (const each of [a, b])
      assert.deepEqual(each.changed, [`l0: none -> ${BEGINNING}`, 'l0 opened: 75 % of 40 failed', `l0: ${BEGINNING} -> 0`]);
    running.count = 1;
    await pass(30_000);
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    assert.equal(b.changed.at(-1), 'l0: 0 -> 1');
    for (const ended of [1, 1, 0]) {
      a.end(ended);
      await pass(WINDOW * 1.3);
      await Promise.all([a.book.refresh(), b.book.refresh()]);
    }
    for (const each of [a, b]) assert.ok(each.changed.includes('l0 closed'), each.changed.join('; '));
  });
});

describe('in trouble', () => {
  it('a process that is killed takes no more than its window along', async () => {
    const { process, pass } = outcomeRig();
    const [a, b] = [process(), process()];
    await Promise.all([a.book.refresh(), b.book.refresh()]);
    a.end(50, 25); // and never heard of again
    b.end(50);
    await pass(WINDOW * 1.3);
    await b.book.refresh();
    await pass(WINDOW * 1.3);
    await b.book.refresh();
    assert.deepEqual(
      b.book.of('l0')?.entry.closed.map(({ outcomes }) => [outcomes.ended, outcomes.failed]),
      [[50, 0]],
    );
  });

  it('a window that nobody closed is closed by whoever comes next', async () => {
    const { process, pass } = outcomeRig();
    const a = process();
    await a.book.refresh();
    await pass(WINDOW * 1.3);
    a.end(20);
    await settle();
    const b = process();
    await pass(60_000);
    await b.book.refresh();
    assert.equal(b.book.of('l0')?.entry.closed.length, 1);
  });

  it('what could not be looked up is counted with the next window', async () => {
    let down = false;
    const { process, pass } = outcomeRig(undefined, (honest) => ({
      look: async (names) => {
        if (down) throw new Error('down');
        return honest.look(names);
      },
    }));
    const own = process();
    await own.book.refresh();
    own.end(30, 2);
    down = true;
    await pass(WINDOW * 1.3);
    await assert.rejects(own.book.refresh(), /down/);
    assert.ok(own.book.of('l0'), 'what was heard before is still known');
    down = false;
    await pass(WINDOW * 1.3);
    await own.book.refresh();
    await pass(WINDOW * 1.3);
    await own.book.refresh();
    assert.equal(own.book.of('l0')?.entry.closed.at(-1)?.outcomes.ended, 30);
  });

  it('counts whose answer was lost are not added again', async () => {
    let lost = true;
    const { process, pass, store } = outcomeRig(undefined, (honest) => ({
      change: async (changes) => {
        const answer = await honest.change(changes);
        if (!lost) return answer;
        lost = false;
        throw new Error('the connection broke');
      },
    }));
    const own = process();
    await own.book.refresh();
    own.end(30);
    await pass(WINDOW * 1.3);
    await assert.rejects(own.book.refresh(), /broke/);
    await pass(WINDOW * 1.3);
    await own.book.refresh();
    const { entries } = await store.look(['ecology:l0']);
    assert.equal(endedOf(entries[0]), 30);
  });

  it('a client that repeats by itself, and hears that its own change lay in the way, has written once', async () => {
    const { process, pass, store } = outcomeRig(undefined, (honest) => ({
      change: async (changes) => {
        await honest.change(changes);
        return honest.change(changes);
      },
    }));
    const own = process();
    await own.book.refresh();
    own.end(30);
    await pass(WINDOW * 1.3);
    await own.book.refresh();
    const { entries } = await store.look(['ecology:l0']);
    assert.equal(endedOf(entries[0]), 30);
  });

  it('what another program left in the register is not trusted', async () => {
    for (const value of ['"junk"', '{"adaptive":{"limit":"many"},"closed":7}', 'null', '[]']) {
      const { process, pass, store } = outcomeRig();
      await store.change([{ name: 'ecology:l0', value: value as JsonText, stamp: 'theirs' }]);
      const own = process();
      await own.book.refresh();
      own.end(30);
      await pass(WINDOW * 1.3);
      await own.book.refresh();
      await pass(WINDOW * 1.3);
      await own.book.refresh();
      const { entry } = own.book.of('l0') ?? assert.fail('it is known');
      assert.deepEqual([entry.closed.length, typeof entry.adaptive?.limit], [1, 'number'], value);
    }
  });

  it('a register that takes longer than a window is asked once at a time', async () => {
    const answer = gate();
    const { process, pass, calls } = outcomeRig(undefined, (honest) => ({
      look: async (names) => {
        await answer.passed;
        return honest.look(names);
      },
    }));
    const own = process();
    const first = own.book.refresh();
    await pass(WINDOW * 3);
    own.end(10);
    const second = own.book.refresh();
    await settle();
    assert.equal(calls.look, 1);
    answer.open();
    await Promise.all([first, second]);
  });

  it('a clock that is set back or ahead stops nothing', async () => {
    for (const off of [-86_400_000, 86_400_000]) {
      let by = 0;
      const { process, pass } = outcomeRig(undefined, (honest) => ({
        look: async (names) => ({ ...(await honest.look(names)), at: (await honest.look(names)).at + by }),
        change: async (changes) => ({ ...(await honest.change(changes)), at: (await honest.look([])).at + by }),
      }));
      const own = process();
      await own.book.refresh();
      for (let n = 0; n < 12; n += 1) {
        if (n === 3) by = off;
        own.end(60);
        await pass(WINDOW * 1.3);
        await own.book.refresh();
      }
      const { entry, now } = own.book.of('l0') ?? assert.fail('it is known');
      const last = entry.closed.at(-1)?.at ?? 0;
      assert.ok(last <= now && last > now - 3 * WINDOW, `${off}: the last window was closed ${now - last} ms ago`);
      assert.equal(entry.adaptive?.at, last);
    }
  });
});
