/** What may be wrong with a register. */
import type { Change, Entry, JsonText, Looked, Written, Wrote } from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { kept, mutant, type StoreMutant, turn } from './twist.ts';

const changing = (name: string, breaks: string, change: (change: Change) => Change): StoreMutant =>
  mutant(name, breaks, (honest) => ({ change: (changes) => honest.change(changes.map(change)) }));

const answering = (name: string, breaks: string, answer: (outcome: Written, change: Change) => Written): StoreMutant =>
  mutant(name, breaks, (honest) => ({
    change: async (changes) => {
      const { at, outcomes } = await honest.change(changes);
      return { at, outcomes: outcomes.map((each, n) => answer(each, changes[n] as Change)) };
    },
  }));

/** Keeps what is written under another name, and takes two for one whose names come out alike. */
const naming = (name: string, nameOf: (name: string) => string): StoreMutant =>
  mutant(name, 'G5', (honest) => ({
    look: (names) => honest.look(names.map(nameOf)),
    change: async (changes) => {
      const outcomes: Written[] = [];
      let at = 0;
      for (const each of changes) {
        const wrote: Wrote = await honest.change([{ ...each, name: nameOf(each.name) }]);
        at = wrote.at;
        outcomes.push(...wrote.outcomes);
      }
      return { at, outcomes };
    },
  }));

/** Looks before it changes, and says of what it saw. */
const lookedThrough =
  (change: (seen: Entry | undefined, change: Change) => Change, honest: WholeStore): WholeStore['change'] =>
  async (changes) => {
    const { entries } = await honest.look(changes.map(({ name }) => name));
    return honest.change(changes.map((each, n) => change(entries[n], each)));
  };

const withoutExpected = ({ expected: _, ...change }: Change): Change => change;
const withoutKeep = ({ keep: _, ...change }: Change): Change => change;
const isEqual = (one: string | null | undefined, two: string | null | undefined): boolean => one?.toLowerCase() === two?.toLowerCase();

export const registerMutants: readonly StoreMutant[] = [
  mutant('sees what it saw before, until it changes something itself', 'G1', (honest) => {
    const cache = new Map<string, Entry | undefined>();
    return {
      look: async (names): Promise<Looked> => {
        const { at, entries } = await honest.look(names);
        for (const [n, name] of names.entries()) if (!cache.has(name)) cache.set(name, entries[n]);
        return { at, entries: names.map((name) => cache.get(name)) };
      },
      change: (changes) => {
        cache.clear();
        return honest.change(changes);
      },
    };
  }),
  mutant('sees entries in the order of their names', 'G1', (honest) => ({ look: (names) => honest.look([...names].sort()) })),
  mutant('leaves out of what it sees what is not there', 'G1', (honest) => ({
    look: async (names) => {
      const { at, entries } = await honest.look(names);
      return { at, entries: entries.filter((each) => each !== undefined) };
    },
  })),
  mutant('says the time in whole seconds', 'G1', (honest) => ({
    look: async (names) => {
      const { at, entries } = await honest.look(names);
      return { entries, at: Math.floor(at / 1_000) * 1_000 };
    },
  })),
  mutant('looks, then writes the entry', 'G2', (honest) => ({
    change: async (changes) => {
      const { entries } = await honest.look(changes.map(({ name }) => name));
      await turn();
      const isExpected = (n: number, { expected }: Change): boolean => expected === undefined || (entries[n]?.stamp ?? null) === expected;
      return honest.change(changes.map((each, n) => (isExpected(n, each) ? withoutExpected(each) : each)));
    },
  })),
  changing('takes null for whatever there is', 'G2', (change) => (change.expected === null ? withoutExpected(change) : change)),
  changing('changes whatever is expected', 'G3', withoutExpected),
  changing('takes a change without a value for one of "null"', 'G1', (change) => ({
    ...change,
    value: change.value ?? ('null' as JsonText),
  })),
  answering('names nothing that lies there', 'G3', (outcome) => (outcome.kind === 'stale' ? { kind: 'stale' } : outcome)),
  answering('names what was to be written', 'G3', (outcome, { value, stamp }) =>
    outcome.kind === 'stale' && outcome.entry && value !== undefined ? { kind: 'stale', entry: { value, stamp } } : outcome,
  ),
  answering('calls a change written whose stamp lies there', 'G3', (outcome, { stamp }) =>
    outcome.kind === 'stale' && outcome.entry?.stamp === stamp ? { kind: 'written' } : outcome,
  ),
  mutant('compares stamps without case', 'G3', (honest) => ({
    change: lookedThrough((seen, each) => (seen && isEqual(seen.stamp, each.expected) ? { ...each, expected: seen.stamp } : each), honest),
  })),
  mutant('writes all of a call or nothing', 'G3', (honest) => ({
    change: async (changes) => {
      const { at, entries } = await honest.look(changes.map(({ name }) => name));
      const isStale = (n: number, { expected }: Change): boolean => expected !== undefined && (entries[n]?.stamp ?? null) !== expected;
      if (!changes.some((each, n) => isStale(n, each))) return honest.change(changes);
      return { at, outcomes: entries.map((entry): Written => ({ kind: 'stale', ...(entry && { entry }) })) };
    },
  })),
  changing('forgets a millisecond late', 'G4', (change) => (change.keep === undefined ? change : { ...change, keep: change.keep + 1 })),
  changing('forgets a second early', 'G4', (change) =>
    change.keep === undefined ? change : { ...change, keep: Math.max(1, change.keep - 1_000) },
  ),
  changing('keeps everything for good', 'G4', withoutKeep),
  changing('keeps nothing for longer than a week', 'G4', (change) => ({ ...change, keep: change.keep ?? 7 * 24 * 3_600_000 })),
  mutant('has an entry that is over stand in the way until the house is kept', 'G4', (honest, tools) => {
    const last = kept(tools, 'last', () => new Map<string, Entry>());
    return {
      change: async (changes) => {
        const { at, outcomes } = await honest.change(changes);
        for (const [n, { name, value, stamp }] of changes.entries())
          if (outcomes[n]?.kind === 'written' && value !== undefined) last.set(name, { value, stamp });
        return {
          at,
          outcomes: outcomes.map((each, n): Written => {
            const entry = last.get(changes[n]?.name ?? '');
            return each.kind === 'stale' && !each.entry && entry ? { kind: 'stale', entry } : each;
          }),
        };
      },
    };
  }),
  naming('compares names of entries without case', (name) => name.toLowerCase()),
  naming('compares names of entries in Unicode normal form', (name) => name.normalize('NFC')),
  naming('trims names of entries', (name) => name.trim() || 'blank'),
  naming('keeps two hundred and fifty-five characters of a name', (name) => name.slice(0, 255)),
  changing('parses values and writes them anew', 'G5', (change) =>
    change.value === undefined ? change : { ...change, value: JSON.stringify(JSON.parse(change.value)) as JsonText },
  ),
  changing('keeps thirty-two characters of a stamp', 'G5', (change) => ({ ...change, stamp: change.stamp.slice(0, 32) })),
  mutant('writes up to the change that is against the rules', 'G5', (honest) => ({
    change: async (changes) => {
      const outcomes: Written[] = [];
      let at = 0;
      for (const each of changes) {
        const wrote: Wrote = await honest.change([each]);
        at = wrote.at;
        outcomes.push(...wrote.outcomes);
      }
      return { at, outcomes };
    },
  })),
];
