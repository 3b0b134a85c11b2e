import assert from 'node:assert/strict';
import type { Register } from '@reeve/core';
import { count } from '../../assertions.ts';
import type { WholeBench, WholeCase } from '../../bench.ts';
import { json, range } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';

/** How many change one name at once. */
const WRITERS = range(20);

/** Tries after which a writer that always loses gives up: one of each round has to win. */
const MOST_TRIES = 100;

const eitherRegister = ({ store, peer }: WholeBench, n: number): Register => (n % 2 ? peer : store);

/** All change one name, and expect the same. @returns which of them have */
const race = async (bench: WholeBench, name: string, expected: string | null, round: number): Promise<readonly number[]> => {
  const answers = await Promise.all(
    WRITERS.map((n) => eitherRegister(bench, n).change([{ name, value: json(`${n}`), stamp: `${round}-${n}`, expected }])),
  );
  const kinds = answers.map(({ outcomes }) => outcomes[0]?.kind);
  assert.equal(count(kinds, 'written') + count(kinds, 'stale'), WRITERS.length);
  return WRITERS.filter((n) => kinds[n] === 'written');
};

export const registerRaceCases: readonly WholeCase[] = [
  holdsWhole('G2', 'of twenty that expect the same, over two connections, exactly one is written', async (bench) => {
    let expected: string | null = null;
    for (const round of range(5)) {
      const winners = await race(bench, 'contended', expected, round);
      assert.equal(winners.length, 1, `written: ${winners.join(', ')}`);
      expected = `${round}-${winners[0]}`;
      assert.deepEqual((await bench.peer.look(['contended'])).entries, [{ value: `${winners[0]}`, stamp: expected }]);
    }
  }),
  holdsWhole('G2', 'of twenty that forget the same one exactly one has', async (bench) => {
    await bench.store.change([{ name: 'a', value: json('1'), stamp: 'one' }]);
    const answers = await Promise.all(WRITERS.map((n) => eitherRegister(bench, n).change([{ name: 'a', stamp: `${n}`, expected: 'one' }])));
    const kinds = answers.map(({ outcomes }) => outcomes[0]?.kind);
    assert.equal(count(kinds, 'written'), 1, kinds.join(', '));
    assert.deepEqual((await bench.store.look(['a'])).entries, [undefined]);
  }),
  holdsWhole('G2', 'a counter that both connections raise thirty times, at once, comes to thirty', async (bench) => {
    const raise = async (n: number): Promise<void> => {
      const register = eitherRegister(bench, n);
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const [entry] = (await register.look(['counter'])).entries;
        const value = json(`${Number(entry?.value ?? 0) + 1}`);
        const stamp = `raise-${n}-${tries}`;
        const { outcomes } = await register.change([{ name: 'counter', value, stamp, expected: entry?.stamp ?? null }]);
        if (outcomes[0]?.kind === 'written') return;
      }
      throw new Error(`a writer lost ${MOST_TRIES} times, and somebody has to win each time`);
    };
    await Promise.all(
      range(6).map(async (n) => {
        for (const m of range(5)) await raise(n + 10 * m);
      }),
    );
    const [entry] = (await bench.peer.look(['counter'])).entries;
    assert.equal(entry?.value, '30');
  }),
  holdsWhole('G2', 'changes of many names that race touch none of another', async (bench) => {
    const names = range(10).map((n) => `name-${n}`);
    const answers = await Promise.all(
      WRITERS.map((n) => {
        const order = n % 2 ? names : [...names].reverse();
        return eitherRegister(bench, n).change(order.map((name) => ({ name, value: json(`"${name}"`), stamp: `${n}`, expected: null })));
      }),
    );
    for (const [m, name] of names.entries()) {
      const kinds = answers.map(({ outcomes }, n) => outcomes[n % 2 ? m : names.length - 1 - m]?.kind);
      assert.equal(count(kinds, 'written'), 1, `${name}: ${kinds.join(', ')}`);
      const [entry] = (await bench.store.look([name])).entries;
      assert.deepEqual(entry, { value: `"${name}"`, stamp: `${kinds.indexOf('written')}` });
    }
  }),
];
