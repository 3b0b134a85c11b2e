import assert from 'node:assert/strict';
import { createReeve, inProcessInvoker, type Json, memoryStore, type Probe, ProbeSource, probes, type Sample, sqlProbe } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { faultOf } from '../decide/faults.ts';
import { settle } from '../run/rig.ts';

const open = (all: Readonly<Record<string, Probe>>) => {
  const clock = new ManualClock();
  const source = new ProbeSource(all, clock);
  return {
    clock,
    source,
    read: (queries: readonly Json[] = Object.keys(all), signal = new AbortController().signal) => source.read(queries, signal),
  };
};
const shown = (samples: readonly Sample[]): readonly string[] =>
  samples.map((each) => (each.kind === 'value' ? String(each.value) : each.kind === 'none' ? 'none' : String(each.error)));

describe('a probe', () => {
  it('answers a number, one of an instant, or nothing', async () => {
    const { clock, read } = open({
      now: () => 5,
      soon: async () => -0.5,
      before: () => ({ value: 7, at: 123 }),
      date: () => ({ value: 8, at: new Date(456) }),
      nothing: () => undefined,
    });
    assert.deepEqual(await read(), [
      { kind: 'value', value: 5, at: clock.now() },
      { kind: 'value', value: -0.5, at: clock.now() },
      { kind: 'value', value: 7, at: 123 },
      { kind: 'value', value: 8, at: 456 },
      { kind: 'none' },
    ]);
    assert.deepEqual(shown(await read(['date', 'now', 'date'])), ['8', '5', '8']);
  });

  it('that throws, or answers what is no number, takes none of the others', async () => {
    const { read } = open({
      throws: () => {
        throw new Error('down');
      },
      rejects: () => Promise.reject(new Error('denied')),
      nan: () => Number.NaN,
      text: () => '5' as never,
      odd: () => ({ value: 5, at: 'today' }) as never,
      well: () => 1,
    });
    assert.deepEqual(shown(await read()), [
      'Error: down',
      'Error: denied',
      'none',
      'TypeError: probe text answered a value of type string; let it answer a number',
      'TypeError: probe odd answered a number of no instant; let "at" be a Date or milliseconds',
      '1',
    ]);
  });

  it('that hangs is given up with the signal, and is not called again while it hangs, but for once a minute', async () => {
    const calls: AbortSignal[] = [];
    const ends: ((value: number) => void)[] = [];
    const { clock, read } = open({
      hangs: ({ signal }) => {
        calls.push(signal);
        return new Promise((end) => ends.push(end));
      },
      well: () => 1,
    });
    const once = async () => {
      const giveUp = new AbortController();
      const answer = read(undefined, giveUp.signal);
      await settle();
      giveUp.abort();
      return shown(await answer);
    };
    assert.match((await once()).join(), /probe hangs has not answered in time.*\[SOURCE_NO_ANSWER\],1$/);
    assert.equal(calls[0]?.aborted, true);
    clock.set(clock.now() + 59_999);
    assert.match((await once()).join(), /the last call of probe hangs has not answered in time.*,1$/);
    assert.equal(calls.length, 1);
    clock.set(clock.now() + 1);
    await once();
    assert.equal(calls.length, 2);
    ends[0]?.(5); // the lost one comes back: the other is still under way
    await settle();
    await once();
    assert.equal(calls.length, 2);
    ends[1]?.(5);
    await settle();
    const answer = read();
    await settle();
    ends[2]?.(9);
    assert.deepEqual(shown(await answer), ['9', '1']);
  });

  it('is asked for by name, and a composition with another name is refused', () => {
    const { source } = open({ 'orders-db': () => 1 });
    assert.equal(source.check('orders-db'), undefined);
    assert.match(source.check('orders') ?? '', /^query: "orders" is not the name of a probe; known are orders-db$/);
    assert.match(source.check('toString') ?? '', /is not the name/);
    assert.match(source.check({ name: 'orders-db' }) ?? '', /^query: no name is not the name/);
    const levels = { High: '<= 1' };
    const { message } = faultOf(
      () =>
        createReeve({
          labourers: { a: { maxSimultaneousInvocations: 1, health: { metrics: { x: { source: 'probe', query: 'y', levels } } } } },
          use: [memoryStore(), inProcessInvoker({ handlers: { a: () => {} } }), probes({ x: () => 1 })],
        }),
      'config',
      'INVALID_COMPOSITION',
    );
    assert.match(message, /labourers\.a\.health\.metrics\.x: query: "y" is not the name of a probe; known are x/);
  });

  it('that is none is refused where it is made', () => {
    const lines = (all: unknown): string => faultOf(() => probes(all as never), 'config', 'INVALID_PROBES').message;
    assert.match(lines({}), /probes: there are none; give at least one, by name/);
    assert.match(lines(undefined), /there are none/);
    assert.match(lines({ a: 5, '': () => 1 }), /probes\.a: is number; give a function.*\n {2}probes\.: the text is empty/);
  });
});

describe('a statement', () => {
  const ask = async (answer: unknown): Promise<string> =>
    shown(await open({ x: sqlProbe({ query: async () => answer }, 'select 1') }).read()).join();

  it('answers the one value of its one row, in the form of several clients', async () => {
    assert.equal(await ask({ rows: [{ count: 5 }], rowCount: 1 }), '5');
    assert.equal(await ask({ rows: [{ count: '12345678901' }] }), '12345678901');
    assert.equal(await ask({ rows: [['1.5']] }), '1.5');
    assert.equal(await ask({ rows: [{ count: 7n }] }), '7');
    assert.equal(await ask([[{ count: 5 }], [{ name: 'count' }]]), '5');
    assert.equal(await ask([{ count: 5 }]), '5');
    assert.equal(await ask({ rows: [{ lag: 0 }] }), '0');
  });

  it('that answers no row, or NULL, has no data', async () => {
    for (const answer of [{ rows: [] }, { rows: [{ lag: null }] }, [[], []], []]) assert.equal(await ask(answer), 'none');
  });

  it('that answers anything else fails', async () => {
    assert.match(await ask({ rows: [{ a: 1 }, { a: 2 }] }), /answered 2 rows; let it answer one/);
    assert.match(await ask({ rows: [{ a: 1, b: 2 }] }), /answered 2 columns; let it answer one/);
    assert.match(await ask({ rows: [{ x: 2 }], fields: [{}, {}] }), /answered 2 columns/, 'two of one name');
    for (const value of ['many', '', true, new Date(0), {}, Number.NaN])
      assert.match(await ask({ rows: [{ a: value }] }), /that is no number/);
    assert.match(await ask(undefined), /answered no rows/);
    assert.match(await ask({ rows: 5 }), /answered no rows/);
  });

  it('is refused without a client or a statement', () => {
    const { message } = faultOf(() => sqlProbe({} as never, ' '), 'config', 'INVALID_PROBES');
    assert.match(message, /sqlProbe\.client: has no query\(\).*\n {2}sqlProbe\.sql: is no statement/);
  });
});
