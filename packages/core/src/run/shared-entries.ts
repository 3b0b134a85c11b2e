import type { JsonText } from '../domain/json.ts';
import type { EpochMs } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Change, Entry } from '../ports/register.ts';
import { inTime } from './in-time.ts';
import { oneEach } from './one-each.ts';
import type { Decided, SharedEntryParts } from './shared-entry.ts';

/** Others came in between so often: something is wrong, or it is no place for so many. */
const MOST_TRIES = 100;

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
      const { value, keep, answer } = decide(name, entry && (JSON.parse(entry.value) as Value), at);
      answers.set(name, answer);
      if (value === undefined) continue;
      const text = value === null ? {} : { value: JSON.stringify(value) as JsonText };
      changes.push({ name, stamp: chance.id(), expected: entry?.stamp ?? null, ...text, ...(keep !== undefined && { keep }) });
    }
    if (changes.length === 0) break;
    const wrote = await inTime(clock, 'change', () => register.change(changes));
    at = wrote.at;
    const outcomes = oneEach('change', changes.length, wrote.outcomes);
    open = new Map();
    changes.forEach(({ name, stamp }, n) => {
      const outcome = outcomes[n];
      // A client that repeats by itself may hear that its own change was in the way.
      if (outcome?.kind === 'stale' && outcome.entry?.stamp !== stamp) open.set(name, outcome.entry);
    });
    if (open.size > 0 && tries > 2) await clock.sleep(chance.random() * Math.min(50, 2 ** tries));
  }
  return { answers, at };
};

const busy = (names: readonly string[]): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'REGISTER_BUSY',
    message: `${names.join(', ')}: others changed it ${MOST_TRIES} times in between; fewer processes, or limits that are shared less widely, would help`,
  });
