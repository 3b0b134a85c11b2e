import { type Clock, MINUTE, type Millis } from '@reeve/core';
import type { Requests, Row } from '../../client/requests.ts';
import type { Place } from '../../ledger/place.ts';
import { type Ending, type EndKind, endingName, endingsOf, endingValue, packed } from '../codec/ending.ts';
import { digits } from '../codec/home-key.ts';
import { HOME } from '../codec/home-row.ts';
import { seconds } from '../enqueue/guard.ts';
import { historyPartition } from '../keys.ts';
import type { Keeps } from '../retention/keeps.ts';
import { keyed, type NativeShelf } from '../shelf.ts';

/** Endings that stay with their group until there are so many; a claim that comes by takes them along from so few. */
const MOST = 16;
const FEW = 8;
/** All that one item holds ended within so long: a reader knows how far to look. */
export const SPAN: Millis = 10 * MINUTE;
/** Of 37 bytes each. */
const MOST_OF_ITEM = 1_000;
/** The text of one write's expression is bounded by DynamoDB. */
const MOST_OF_WRITE = 200;
/** Places of one write: each may come with an ending. */
const MOST_OF_LEAVING = 64;

/** A place that is given back, and what became of its task if that is the end. */
export interface Leaving {
  readonly place: Place;
  readonly ending?: Ending;
}

/**
 * What has ended, the newest first, without an index and almost without a write: an end is written down in the write that gives its
 * place back, and many are gathered into an item of history before a group becomes too large. They are written there before
 * they leave the group, so none is ever missing; some may be in two places, and readers tell that by the home.
 */
export class History {
  readonly #requests: Requests;
  readonly #shelf: NativeShelf;
  readonly #clock: Clock;
  readonly #keeps: Keeps;
  readonly #call: () => string;
  /** The names of what this process has gathered and may still be in its group, by labourer. */
  readonly #gathered = new Map<string, Set<string>>();

  constructor(requests: Requests, shelf: NativeShelf, clock: Clock, keeps: Keeps, call: () => string) {
    this.#requests = requests;
    this.#shelf = shelf;
    this.#clock = clock;
    this.#keeps = keeps;
    this.#call = call;
  }

  /** Gives places back: no condition, may be repeated, and cannot hit another attempt's. */
  async leave(labourer: string, leaving: readonly Leaving[], also: Row = {}): Promise<void> {
    const groups = new Set(leaving.map(({ place }) => place.group));
    if (Object.keys(also).length > 0) groups.add(0);
    await Promise.all([...groups].map((group) => this.#leaveGroup(labourer, group, leaving, group === 0 ? also : {})));
  }

  async #leaveGroup(labourer: string, group: number, all: readonly Leaving[], also: Row): Promise<void> {
    const own = all.filter(({ place }) => place.group === group);
    const key = this.#shelf.groupKey(labourer, group);
    // Two verdicts of one call may be on one attempt.
    const names = [...new Set(own.map(({ place }) => place.name))];
    let row: Row = {};
    for (let from = 0; from === 0 || from < names.length; from += MOST_OF_LEAVING) {
      const leaving = new Set(names.slice(from, from + MOST_OF_LEAVING));
      const ended = own.flatMap(({ place, ending }) => (ending && leaving.has(place.name) ? [ending] : []));
      const written = await this.#requests.update(this.#shelf.table, key, {
        set: { ...(from === 0 && also), ...Object.fromEntries(ended.map((each) => [endingName(each), { S: endingValue(each) }])) },
        remove: [...leaving],
      });
      row = written.row ?? {};
    }
    if (endingsOf(row).length < MOST) return;
    await this.gather(labourer, [row], MOST);
    const remove = this.goneFrom(labourer, row);
    if (remove.length > 0) await this.#requests.update(this.#shelf.table, key, { remove });
  }

  /** Writes the endings of groups that have many into history. */
  async gather(labourer: string, groups: readonly Row[], from: number = FEW): Promise<void> {
    const gathered = this.#gathered.get(labourer) ?? new Set();
    this.#gathered.set(labourer, gathered);
    const many = groups.map(endingsOf).filter((each) => each.length >= from);
    const fresh = many.flat().filter((each) => !gathered.has(endingName(each)));
    if (fresh.length === 0) return;
    await this.write(labourer, fresh);
    for (const each of fresh) gathered.add(endingName(each));
  }

  /** Writes endings into history. One that its home does not bear out leads nowhere: readers pass it over. */
  async write(labourer: string, endings: readonly Ending[]): Promise<void> {
    await Promise.all(itemsOf(endings).map((each) => this.#write(labourer, each)));
  }

  /** Attributes that a write to a group may remove: what they say is in history. */
  goneFrom(labourer: string, row: Row): readonly string[] {
    const gathered = this.#gathered.get(labourer);
    const names = endingsOf(row).map(endingName);
    return names.filter((name) => gathered?.has(name)).slice(0, MOST_OF_WRITE);
  }

  /** After a reading of all groups: what has left them need not be remembered. */
  forget(labourer: string, groups: readonly Row[]): void {
    const gathered = this.#gathered.get(labourer);
    if (!gathered || gathered.size === 0) return;
    const there = new Set(groups.flatMap(endingsOf).map(endingName));
    for (const name of gathered) if (!there.has(name)) gathered.delete(name);
  }

  async #write(labourer: string, endings: readonly Ending[]): Promise<void> {
    const kind: EndKind = endings[0]?.kind ?? 'completed';
    const latest = Math.max(...endings.map(({ at }) => at));
    await this.#requests.put(this.#shelf.table, {
      ...keyed(historyPartition(labourer, kind), `${digits(latest)}${this.#call()}`),
      ended: { S: packed(endings) },
      [HOME.ttl]: { N: seconds(Math.max(latest, this.#clock.now()) + this.#keeps.of(labourer, kind)) },
    });
  }
}

/** Those of one kind that ended within the span, no more in each than an item holds. */
const itemsOf = (endings: readonly Ending[]): readonly (readonly Ending[])[] => {
  const sorted = [...endings].sort((a, b) => (a.kind === b.kind ? a.at - b.at : a.kind < b.kind ? -1 : 1));
  const items: Ending[][] = [];
  for (const each of sorted) {
    const last = items.at(-1);
    const [first] = last ?? [];
    if (last && first && first.kind === each.kind && each.at - first.at <= SPAN && last.length < MOST_OF_ITEM) last.push(each);
    else items.push([each]);
  }
  return items;
};
