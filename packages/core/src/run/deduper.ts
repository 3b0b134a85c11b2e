import { boundText } from '../decide/bound-text.ts';
import type { DedupeKey } from '../decide/check-dedupe.ts';
import { decodeJson, encodeJson } from '../decide/encode-json.ts';
import type { JsonText } from '../domain/json.ts';
import type { NewTask } from '../domain/task.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { Operator } from '../ports/operator.ts';
import type { Change, Register } from '../ports/register.ts';
import { oneEach } from './one-each.ts';

export interface DeduperParts {
  readonly register: Pick<Register, 'change'>;
  /** Absent: no payload takes the place of another. */
  readonly operator: Pick<Operator, 'replace'> | undefined;
  readonly chance: Chance;
}

/** A task about to be written, and the key that it wants to itself. */
export interface Keyed extends NewTask {
  readonly dedupe?: DedupeKey;
}

/** Of one call to the register or the operator. */
const PAGE = 500;
/** An entry may be forgotten between being met and being read; not many times in a row. */
const MOST_TRIES = 5;

/**
 * Sees to it that of the tasks with one key there is one.
 *
 * Who takes a key writes the id of its task under it, if nothing lies there, and enqueues the task after. Between the two
 * - another may come: it meets the id, and enqueues its own task under it. The store knows an id once, so whichever of the two comes first
 *   is the task, and the other a duplicate;
 * - the process may die, or its enqueueing fail: the key names a task that there is not, and the next who meets it makes it.
 * So nobody has to undo anything, and a key never stands for nothing.
 */
export class Deduper {
  readonly #parts: DeduperParts;

  constructor(parts: DeduperParts) {
    this.#parts = parts;
  }

  /** The tasks as they are to be written: under their own id where their key was free, else under that of the task that has it. */
  async standing(tasks: readonly Keyed[]): Promise<readonly NewTask[]> {
    const ids = await this.#take(tasks);
    return tasks.map(({ dedupe, ...task }) => (dedupe ? { ...task, id: ids.get(dedupe.name) ?? task.id } : task));
  }

  /**
   * Gives tasks that were there, and were not started, the payload of those that came after: of several, the last one's.
   * @param written as `standing` answered them, in the same order
   * @returns the ids of those that have another payload now
   */
  async replace(
    tasks: readonly Keyed[],
    written: readonly NewTask[],
    outcomes: readonly ('created' | 'duplicate')[],
  ): Promise<ReadonlySet<string>> {
    const { operator } = this.#parts;
    const latest = new Map<string, NewTask>();
    written.forEach((task, n) => {
      if (tasks[n]?.dedupe?.replaces && outcomes[n] === 'duplicate') latest.set(task.id, task);
    });
    const replaced = new Set<string>();
    if (!operator || latest.size === 0) return replaced;
    for (const page of pagesOf([...latest.values()])) {
      const answers = await operator.replace(page.map(({ labourer, id, payload }) => ({ labourer, id, payload })));
      oneEach('replace', page.length, answers).forEach((answer, n) => {
        const id = page[n]?.id;
        if (answer === 'replaced' && id !== undefined) replaced.add(id);
      });
    }
    return replaced;
  }

  /** @returns by the name of each key, the id of the task that has it */
  async #take(tasks: readonly Keyed[]): Promise<ReadonlyMap<string, string>> {
    // The first of a call with a key takes it for the others: a register changes a name once in a call.
    const first = new Map<string, Keyed>();
    for (const task of tasks) if (task.dedupe && !first.has(task.dedupe.name)) first.set(task.dedupe.name, task);
    const ids = new Map<string, string>();
    let open = [...first.values()];
    for (let tries = 0; open.length > 0; tries += 1) {
      if (tries === MOST_TRIES) throw broken('the register says that something lies there, and not what');
      const again: Keyed[] = [];
      for (const page of pagesOf(open)) again.push(...(await this.#takePage(page, ids)));
      open = again;
    }
    return ids;
  }

  /** @returns those that are to be tried again */
  async #takePage(page: readonly Keyed[], ids: Map<string, string>): Promise<readonly Keyed[]> {
    const { register, chance } = this.#parts;
    const changes = page.flatMap(({ id, dedupe }): Change[] =>
      dedupe ? [{ name: dedupe.name, value: textOf(id), stamp: chance.id(), expected: null, keep: dedupe.keep }] : [],
    );
    const { outcomes } = await register.change(changes);
    const answers = oneEach('change', changes.length, outcomes);
    return page.filter((task, n) => {
      const [change, answer] = [changes[n], answers[n]];
      if (!change || !answer) return false;
      // A change that the network carried out twice meets its own entry, and its own id in it.
      const id = answer.kind === 'written' ? task.id : answer.entry && idIn(change.name, answer.entry.value);
      if (id === undefined) return true;
      ids.set(change.name, id);
      return false;
    });
  }
}

const textOf = (id: string): JsonText => encodeJson(id, { what: 'id', maxBytes: 1_024 });

const idIn = (name: string, text: JsonText): string => {
  const value = decodeJson(text);
  if (typeof value === 'string') return value;
  throw broken(`the entry ${JSON.stringify(boundText(name, 80))} holds no task id; remove it, or wait until it is forgotten`);
};

const broken = (message: string): ReeveError =>
  new ReeveError({ kind: 'contract', code: 'STORE_BROKE_CONTRACT', message: `dedupe: ${message}` });

const pagesOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / PAGE) }, (_, n) => items.slice(n * PAGE, (n + 1) * PAGE));
