/** Entries of the register. Each has a key and a hash tag of its own, so on a Cluster each is asked for by itself; on one server, many in a call. */
import {
  type Change,
  checkChanges,
  checkNames,
  type Entry,
  type EpochMs,
  type JsonText,
  type Looked,
  type Written,
  type Wrote,
} from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { CHANGE_ENTRIES, LOOK_ENTRIES } from '../lua/register.ts';
import { inPages, type Parts } from './parts.ts';

const SCRIPTS = { look: scriptOf('look', LOOK_ENTRIES), change: scriptOf('change', CHANGE_ENTRIES) };

/** Entries of one call: each may have 64 KiB. */
const PAGE = 100;

/** @throws ReeveError INVALID_REGISTER, and those of every call */
export const look = async (parts: Parts, names: readonly string[]): Promise<Looked> => {
  checkNames(names);
  const { at, answers } = await inCalls(parts, names, async (page) =>
    parts.scripts.read(
      SCRIPTS.look,
      page.map((each) => parts.keys.entry(each)),
      [],
    ),
  );
  return { at, entries: answers.map((text) => (typeof text === 'string' ? toEntry(text) : undefined)) };
};

/** @throws ReeveError INVALID_REGISTER before anything is written, and those of every call */
export const change = async (parts: Parts, changes: readonly Change[]): Promise<Wrote> => {
  checkChanges(changes);
  const { at, answers } = await inCalls(parts, changes, async (page) =>
    parts.scripts.write(
      SCRIPTS.change,
      page.map(({ name }) => parts.keys.entry(name)),
      page.flatMap(argsOf),
    ),
  );
  return { at, outcomes: answers.map(toWritten) };
};

const argsOf = ({ value, stamp, expected, keep }: Change): readonly (string | number)[] => [
  expected === undefined ? 'any' : expected === null ? 'none' : `=${expected}`,
  keep ?? '',
  value === undefined ? 'forget' : 'set',
  value === undefined ? '' : `${stamp}\n${value}`,
];

type Answer = string | number | null;

/** The instant is the latest of the calls': nobody is told of a time before what he was told. */
const inCalls = async <Item>(
  { scripts }: Parts,
  items: readonly Item[],
  ask: (page: readonly Item[]) => Promise<unknown>,
): Promise<{ readonly at: EpochMs; readonly answers: readonly Answer[] }> => {
  const pages = inPages(items, scripts.spread ? 1 : PAGE);
  // Without a name the time is still to be told.
  const all = (await Promise.all((pages.length > 0 ? pages : [[]]).map(ask))) as readonly (readonly [EpochMs, ...Answer[]])[];
  return { at: Math.max(...all.map(([at]) => at)), answers: all.flatMap(([, ...answers]) => answers) };
};

const toEntry = (text: string): Entry => {
  const end = text.indexOf('\n');
  return { stamp: text.slice(15, end), value: text.slice(end + 1) as JsonText };
};

const toWritten = (answer: Answer): Written => {
  if (answer === 1) return { kind: 'written' };
  return typeof answer === 'string' ? { kind: 'stale', entry: toEntry(answer) } : { kind: 'stale' };
};
