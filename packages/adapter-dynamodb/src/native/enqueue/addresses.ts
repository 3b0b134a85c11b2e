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
      if (row && stateOf(row) !== 'moved') return value;
      if (!row && homeInId(id)) return undefined;
      this.#known.delete(id); // its time is over, and perhaps the id has another task now
    }
    const home = await this.#lookUp(id);
    if (home?.labourer !== labourer) return undefined;
    const { row, value } = await work(home);
    if (!row) return undefined;
    this.note(id, home);
    return value;
  }

  /** A guard hardly ever changes, so a reading that costs half will do, if it finds one. */
  async #lookUp(id: string): Promise<Home | undefined> {
    const key = addressKey(id);
    const guard = (await this.#requests.get(this.#table, key, false)) ?? (await this.#requests.get(this.#table, key));
    return guard && stateOf(guard) === 'moved' ? homeInGuard(guard) : undefined;
  }
}
