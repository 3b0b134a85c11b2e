import type { EpochMs } from '../domain/time.ts';
import type { Change, Entry } from '../ports/register.ts';
import { inTime } from './in-time.ts';
import { oneEach } from './one-each.ts';
import { busy, changeOf, contentOf, type Decided, hasWritten, MOST_TRIES, restAfter, type SharedEntryParts } from './shared-entry.ts';

export interface EntriesUpdated<Answer> {
  readonly answers: ReadonlyMap<string, Answer>;
  /** The store's instant by which it was decided last. */
  readonly at: EpochMs;
}

/**
 * Changes many entries of the register, each on its own, by comparing and setting until nobody came in between. All are looked at in one
 * call and changed in one; only those in which somebody came in between are tried again, with what now lies there.
 * @param decide what to make of what lies there; it may be asked several times, and has no effect but its answer
 * @throws what the register throws: whether some were changed is then unknown
 */
export const updateEntries = async <Value, Answer>(
  { register, clock, chance }: SharedEntryParts,
  names: readonly string[],
  decide: (name: string, value: Value | undefined, now: EpochMs) => Decided<Value, Answer>,
): Promise<EntriesUpdated<Answer>> => {
  const answers = new Map<string, Answer>();
  const looked = await inTime(clock, 'look', () => register.look(names));
  let { at } = looked;
  let open = new Map<string, Entry | undefined>(names.map((name, n) => [name, looked.entries[n]]));
  for (let tries = 1; open.size > 0; tries += 1) {
    if (tries > MOST_TRIES) throw busy([...open.keys()]);
    const changes: Change[] = [];
    for (const [name, entry] of open) {
      const { value, keep, answer } = decide(name, contentOf<Value>(entry), at);
      answers.set(name, answer);
      if (value !== undefined) changes.push(changeOf(name, entry, { value, ...(keep !== undefined && { keep }) }, chance));
    }
    if (changes.length === 0) break;
    const wrote = await inTime(clock, 'change', () => register.change(changes));
    at = wrote.at;
    const outcomes = oneEach('change', changes.length, wrote.outcomes);
    open = new Map();
    changes.forEach((change, n) => {
      const outcome = outcomes[n];
      if (outcome?.kind === 'stale' && !hasWritten(outcome, change)) open.set(change.name, outcome.entry);
    });
    if (open.size > 0) await restAfter(tries, { clock, chance });
  }
  return { answers, at };
};
