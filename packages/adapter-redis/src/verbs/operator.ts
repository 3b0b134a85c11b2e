/** What a person does to tasks: a script for the tasks of each labourer, in pages. */
import type { Burial, BuryOutcome, CancelOutcome, Redrive, RedriveOutcome, Replacement, ReplaceOutcome, TaskKey } from '@reeve/core';
import { type Script, scriptOf } from '../client/scripts.ts';
import { END_QUEUED } from '../lua/end-queued.ts';
import { REDRIVE, REPLACE } from '../lua/redrive.ts';
import { checkRedrives, checkReplacements } from './check-tasks.ts';
import { groupBy, inPages, type Parts } from './parts.ts';

const SCRIPTS = { cancel: scriptOf('cancel', END_QUEUED), redrive: scriptOf('redrive', REDRIVE), replace: scriptOf('replace', REPLACE) };

type Call = readonly [script: Script, keys: readonly string[], args: readonly (string | number)[]];

/** Tasks of one script: it keeps everybody waiting while it runs. */
const PAGE = 500;
/** With payloads. */
const PAGE_OF_PAYLOADS = 50;

/** @throws those of every call */
export const cancel = (parts: Parts, keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> =>
  endQueued<CancelOutcome>(
    parts,
    'x',
    keys.map((key) => ({ ...key, error: '' })),
    { q: 'cancelled', r: 'cancelling', e: 'ended', u: 'unknown' },
  );

/** @throws those of every call */
export const bury = (parts: Parts, burials: readonly Burial[]): Promise<readonly BuryOutcome[]> =>
  endQueued<BuryOutcome>(parts, 'd', burials, { q: 'buried', r: 'running', e: 'ended', u: 'unknown' });

const endQueued = <Outcome>(
  parts: Parts,
  kind: 'x' | 'd',
  burials: readonly Burial[],
  words: Readonly<Record<string, Outcome>>,
): Promise<readonly Outcome[]> =>
  ofEachTask(parts, burials, PAGE, words, (labourer, page) => {
    const { tasks, ready, fresh, again, back, leases, overdue, ended, meta, ends, notes, keyed, lines, heads, turns } =
      parts.keys.of(labourer);
    const keys = [tasks, ready, fresh, again, back, leases, overdue, ended, meta, ends, notes, keyed, lines, heads, turns];
    return [SCRIPTS.cancel, keys, [kind, ...page.flatMap(({ id, error }) => [id, error])]];
  });

/** @throws ReeveError STORE_REFUSED before anything is written, and those of every call */
export const redrive = async (parts: Parts, redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> => {
  checkRedrives(redrives);
  const words: Readonly<Record<string, RedriveOutcome>> = { q: 'queued', o: 'open', k: 'kept', u: 'unknown' };
  return ofEachTask(parts, redrives, PAGE, words, (labourer, page) => {
    const { tasks, ready, fresh, again, ended, meta, ends, notes, oldDead, keyed, lines, heads, turns } = parts.keys.of(labourer);
    const keys = [tasks, ready, fresh, again, ended, meta, ends, notes, oldDead, keyed, lines, heads, turns];
    return [SCRIPTS.redrive, keys, [parts.keys.channel(labourer), ...page.flatMap(({ id, after = 0 }) => [id, Math.ceil(after)])]];
  });
};

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED before anything is written, and those of every call */
export const replace = async (parts: Parts, replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> => {
  checkReplacements(replacements);
  const words: Readonly<Record<string, ReplaceOutcome>> = { r: 'replaced', s: 'started', u: 'unknown' };
  return ofEachTask(parts, replacements, PAGE_OF_PAYLOADS, words, (labourer, page) => {
    const { tasks, back, leases, overdue, ended } = parts.keys.of(labourer);
    return [SCRIPTS.replace, [tasks, back, leases, overdue, ended], page.flatMap(({ id, payload }) => [id, payload])];
  });
};

/** Runs a script that answers a letter for each task. What is of one labourer goes in its order, labourers at once. */
const ofEachTask = async <Item extends TaskKey, Outcome>(
  { scripts }: Parts,
  items: readonly Item[],
  most: number,
  words: Readonly<Record<string, Outcome>>,
  callOf: (labourer: string, page: readonly Item[]) => Call,
): Promise<readonly Outcome[]> => {
  const outcomes = new Map<number, Outcome>();
  const runOwn = async (labourer: string, own: readonly (readonly [number, Item])[]): Promise<void> => {
    for (const page of inPages(own, most)) {
      const [script, keys, args] = callOf(
        labourer,
        page.map(([, item]) => item),
      );
      const letters = (await scripts.write(script, keys, args)) as string;
      for (const [n, [place]] of page.entries()) {
        const word = words[letters[n] ?? ''];
        if (word !== undefined) outcomes.set(place, word);
      }
    }
  };
  const groups = groupBy([...items.entries()], ([, { labourer }]) => labourer);
  await Promise.all([...groups].map(([labourer, own]) => runOwn(labourer, own)));
  return items.flatMap((_, n) => outcomes.get(n) ?? []);
};
