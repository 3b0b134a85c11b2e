import type { TaskKey } from '@reeve/core';
import type { Requests, Row } from '../../client/requests.ts';
import { type Home, homeInId } from '../codec/home-key.ts';
import { stateOf } from '../codec/home-row.ts';
import { addressKey } from '../keys.ts';
import { homeInGuard } from './guard.ts';

/** Homes that are remembered by id, so that a process which claims need not look up what it settles. */
const MOST = 10_000;

/** What was found at a home. */
export interface Visit<T> {
  /** The item as it is now. `undefined`: there is none. */
  readonly row: Row | undefined;
  readonly value: T;
}

/** An id that was forgotten and enqueued anew has its task elsewhere: the home that it had was closed for ever. */
const isElsewhere = (row: Row): boolean => ['moved', 'void'].includes(stateOf(row) ?? '');

/** Finds the home of a task by its id. A home never changes once the task is there, so what was learnt stays true. */
export class Addresses {
  readonly #requests: Requests;
  readonly #table: string;
  readonly #known = new Map<string, Home>();

  constructor(requests: Requests, table: string) {
    this.#requests = requests;
    this.#table = table;
  }

  note(id: string, home: Home): void {
    if (homeInId(id)) return;
    this.#known.delete(id);
    this.#known.set(id, home);
    if (this.#known.size <= MOST) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** Goes to the home of a task; `undefined` if there is none of this labourer. */
  async visit<T>({ labourer, id }: TaskKey, work: (home: Home) => Promise<Visit<T>>): Promise<T | undefined> {
    const first = this.#known.get(id) ?? homeInId(id);
    if (first?.labourer === labourer) {
      const { row, value } = await work(first);
      if (row && !isElsewhere(row)) return value;
      if (!row && homeInId(id)) return undefined;
      this.#known.delete(id); // its time is over, and perhaps the id has another task now
    }
    const late = await this.#lookUp(id, false);
    const met = late?.labourer === labourer ? await this.#go(id, late, work) : undefined;
    if (met) return met.value;
    // No guard, or one that leads nowhere, as that of an id which was forgotten does until it is enqueued anew, for whatever labourer.
    const home = await this.#lookUp(id, true);
    if (home?.labourer !== labourer || home.place === late?.place) return undefined;
    return (await this.#go(id, home, work))?.value;
  }

  /** @returns `undefined` if the task is not there */
  async #go<T>(id: string, home: Home, work: (home: Home) => Promise<Visit<T>>): Promise<{ readonly value: T } | undefined> {
    const { row, value } = await work(home);
    if (!row || isElsewhere(row)) return undefined;
    this.note(id, home);
    return { value };
  }

  /** A guard hardly ever changes, so a reading that costs half will do, if what it finds leads to the task. */
  async #lookUp(id: string, isConsistent: boolean): Promise<Home | undefined> {
    const guard = await this.#requests.get(this.#table, addressKey(id), isConsistent);
    return guard && stateOf(guard) === 'moved' ? homeInGuard(guard) : undefined;
  }
}
