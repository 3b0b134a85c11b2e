/**
 * The cap as a ledger of places, kept with the tasks. Whoever claims first takes places, in one conditional write for each
 * group, and only then the tasks; whoever settles first ends the task, and only then gives its place back. So at every instant
 * the places cover what runs, and what a crash leaves half done still has its place, which is where `maintain` finds it.
 */
import type { EpochMs, Millis } from '@reeve/core';
import type { Change, Expression } from '../client/expression.ts';
import type { Requests, Row } from '../client/requests.ts';
import { GROUP, isLive, type Now, placesOf, roomOf } from './group.ts';
import { claimedAtOfPlace, endsAfter, expiredValue, type Place, placeValue, stampedValue, untilOfPlace } from './place.ts';
import type { Shelf } from './shelf.ts';

/** A task that wants a place. */
export interface Wanting {
  readonly place: string;
}

export interface Taking extends Now {
  readonly labourer: string;
  readonly cap: number;
  readonly lease: Millis;
  /** Names one write of ours among all: new with every call. */
  readonly call: () => string;
  /** What else goes with the write to a group. */
  readonly also?: (row: Row) => Pick<Change, 'set' | 'remove'>;
}

/** Places that have ended and can still be renewed by somebody whose clock is behind. */
const unmarked = (row: Row, when: Now): readonly string[] =>
  placesOf(row).filter((name) => !isLive(row, name, when) && untilOfPlace(row[name]?.S ?? '') > 0);

/** Lost races of one call; then it makes do with what it has. */
const TRIES = 8;
/** Places of one write: the text of its expression is bounded by DynamoDB. */
const AT_ONCE = 100;

export class Ledger {
  readonly #requests: Requests;
  readonly #shelf: Shelf;
  readonly #capOf: (labourer: string) => number | undefined;
  /** The number of groups by labourer, once it is written: it never changes. */
  readonly #groups = new Map<string, number>();
  /** Where looking for room begins: elsewhere each time, so that no group is written to more than others. */
  #turn = -1;

  /** @param capOf the cap that a labourer is defined with: health may have lowered that of its first claim */
  constructor(requests: Requests, shelf: Shelf, capOf: (labourer: string) => number | undefined) {
    this.#requests = requests;
    this.#shelf = shelf;
    this.#capOf = capOf;
  }

  /** All groups of a labourer, strongly consistent, in their order. The first claim of a labourer decides how many there are. */
  async read(labourer: string, cap: number): Promise<Row[]> {
    const count = this.#groups.get(labourer);
    if (count !== undefined) return this.#readAll(labourer, count);
    const { table } = this.#shelf;
    const firstKey = this.#shelf.groupKey(labourer, 0);
    let first = (await this.#requests.get(table, firstKey)) ?? {};
    if (first[GROUP.groups] === undefined) {
      const set = this.#shelf.shapeFor(this.#capOf(labourer) ?? cap);
      // Two first claims at once: the condition lets one number stand, and the other goes by it.
      const written = await this.#requests.update(table, firstKey, { set }, (e) => `attribute_not_exists(${e.name(GROUP.groups)})`);
      first = written.row ?? {};
    }
    const groups = Number(first[GROUP.groups]?.N ?? 1);
    this.#groups.set(labourer, groups);
    return groups === 1 ? [first] : this.#readAll(labourer, groups);
  }

  /** The groups of many labourers, by labourer; those that never claimed have none. */
  async readMany(labourers: readonly string[], consistent: boolean): Promise<ReadonlyMap<string, readonly Row[]>> {
    const names = [...new Set(labourers)];
    const firsts = await this.#rows(
      names.map((each) => [each, 0] as const),
      consistent,
    );
    const others = names.flatMap((labourer, at) => {
      const count = Number(firsts[at]?.[GROUP.groups]?.N ?? 1);
      return Array.from({ length: count - 1 }, (_, n) => [labourer, n + 1] as const);
    });
    const rest = await this.#rows(others, consistent);
    return new Map(names.map((name, at) => [name, [firsts[at] ?? {}, ...rest.filter((_, n) => others[n]?.[0] === name)]]));
  }

  /** Only the first group of each: it has what is said of all. In the order of the labourers. */
  firsts(labourers: readonly string[]): Promise<readonly Row[]> {
    return this.#rows(
      labourers.map((each) => [each, 0] as const),
      false,
    );
  }

  /**
   * Places for as many of `wanting` as there is room for, the first of them first.
   * @param rows what `read` answered; brought up to date where a race was lost
   */
  async take<T extends Wanting>(rows: Row[], wanting: readonly T[], taking: Taking): Promise<readonly (T & { readonly group: number })[]> {
    const taken: (T & { readonly group: number })[] = [];
    this.#turn += 1;
    let left = wanting;
    for (let tries = 0; tries < TRIES && left.length > 0; ) {
      const { each, total } = roomOf(rows, taking.cap, taking);
      const group = this.#roomiest(each);
      const free = left.slice(0, Math.min(each[group] ?? 0, total, AT_ONCE));
      if (free.length === 0) break;
      const gone = unmarked(rows[group] ?? {}, taking);
      // What is counted as free has to be marked in the same write. More than fit into one are marked first, and nothing is taken.
      const picked = gone.length > AT_ONCE ? [] : free;
      if (await this.#write(rows, group, { picked, gone: gone.slice(0, AT_ONCE) }, taking)) {
        taken.push(...picked.map((one) => ({ ...one, group })));
        left = left.slice(picked.length);
        continue;
      }
      tries += 1;
      // Another was first at this group, perhaps with some of these very tasks.
      left = left.filter(({ place }) => rows[group]?.[place] === undefined);
    }
    return taken;
  }

  /** Gives places back: no condition, may be repeated, and cannot hit another attempt's. */
  async leave(labourer: string, places: readonly Place[], also: Readonly<Record<string, Row[string]>> = {}): Promise<void> {
    const groups = [...new Set(places.map(({ group }) => group))];
    if (Object.keys(also).length > 0 && !groups.includes(0)) groups.push(0);
    await Promise.all(
      groups.map(async (group) => {
        // Two verdicts of one call may be on one attempt.
        const names = [...new Set(places.filter((each) => each.group === group).map(({ name }) => name))];
        for (let from = 0; from === 0 || from < names.length; from += AT_ONCE) {
          await this.#requests.update(this.#shelf.table, this.#shelf.groupKey(labourer, group), {
            remove: names.slice(from, from + AT_ONCE),
            ...(group === 0 && from === 0 && { set: also }),
          });
        }
      }),
    );
  }

  /**
   * Puts off the end of a place, unless it has come. The version goes up: whoever counted it as free has not written yet, and will
   * count again. Whoever has written, has marked it (`expiredValue`), and then this one comes too late. A place that ends later
   * already, by another renewal, is left as it is.
   */
  async extend(labourer: string, { group, name }: Place, until: EpochMs, now: EpochMs, claimedAt: EpochMs): Promise<boolean> {
    const value = placeValue(until, claimedAt);
    const { kind, row } = await this.#requests.update(
      this.#shelf.table,
      this.#shelf.groupKey(labourer, group),
      { set: { [name]: { S: value } }, add: { [GROUP.version]: 1 } },
      (e) => `${e.name(name)} BETWEEN ${e.value({ S: endsAfter(now) })} AND ${e.value({ S: value })}`,
    );
    return kind === 'done' || (row?.[name]?.S ?? '') > value;
  }

  /**
   * As `extend`, and a place that ends later is stamped: one who is about to bring it nearer, because of what he has seen before, fails.
   * @returns the value that the place has now; `gone` if it has ended; `overtaken` if another changed it at the same time
   */
  async cover(
    labourer: string,
    { group, name }: Place,
    { until, now, claimedAt }: Record<'until' | 'now' | 'claimedAt', EpochMs>,
    stamp: string,
  ): Promise<{ readonly value: string } | 'gone' | 'overtaken'> {
    const key = this.#shelf.groupKey(labourer, group);
    const value = stampedValue(placeValue(until, claimedAt), stamp);
    const extended = await this.#requests.update(
      this.#shelf.table,
      key,
      { set: { [name]: { S: value } }, add: { [GROUP.version]: 1 } },
      (e) => `${e.name(name)} BETWEEN ${e.value({ S: endsAfter(now) })} AND ${e.value({ S: value })}`,
    );
    const seen = extended.row?.[name]?.S ?? '';
    if (extended.kind === 'done' || seen === value) return { value };
    if (seen < value) return 'gone';
    const later = stampedValue(seen, stamp);
    const stamped = await this.#requests.update(
      this.#shelf.table,
      key,
      { set: { [name]: { S: later } } },
      (e) => `${e.name(name)} = ${e.value({ S: seen })}`,
    );
    return stamped.kind === 'done' || stamped.row?.[name]?.S === later ? { value: later } : 'overtaken';
  }

  /** Brings the end of a place nearer, if nobody was there since its value was seen. */
  async uncover(labourer: string, { group, name }: Place, seen: string, until: EpochMs): Promise<void> {
    if (untilOfPlace(seen) <= until) return;
    await this.#requests.update(
      this.#shelf.table,
      this.#shelf.groupKey(labourer, group),
      { set: { [name]: { S: placeValue(until, claimedAtOfPlace(seen)) } } },
      (e) => `${e.name(name)} = ${e.value({ S: seen })}`,
    );
  }

  /** The write that brings the end of a place nearer, if it is where it was: no renewal under way has put it off. */
  shortening(labourer: string, { group, name }: Place, { from, to, claimedAt }: Record<'from' | 'to' | 'claimedAt', EpochMs>) {
    return {
      key: this.#shelf.groupKey(labourer, group),
      change: { set: { [name]: { S: placeValue(to, claimedAt) } } },
      when: (e: Expression): string => `${e.name(name)} = ${e.value({ S: placeValue(from, claimedAt) })}`,
    };
  }

  /**
   * Enters a place that another program took without asking: it can only make less room, so no count is needed.
   * @returns false if the name is taken by a claim that is under way: it gives its place back, or keeps it
   */
  async enter(labourer: string, { group, name }: Place, until: EpochMs, claimedAt: EpochMs): Promise<boolean> {
    const value = { S: placeValue(until, claimedAt) };
    const { kind } = await this.#requests.update(
      this.#shelf.table,
      this.#shelf.groupKey(labourer, group),
      { set: { [name]: value }, add: { [GROUP.version]: 1 } },
      (e) => `attribute_not_exists(${e.name(name)}) OR ${e.name(name)} = ${e.value(value)}`,
    );
    return kind === 'done';
  }

  #roomiest(each: readonly number[]): number {
    const most = Math.max(...each);
    const from = Math.max(0, this.#turn) % each.length;
    const behind = each.indexOf(most, from);
    return behind >= 0 ? behind : each.indexOf(most);
  }

  async #write(
    rows: Row[],
    group: number,
    { picked, gone }: { readonly picked: readonly Wanting[]; readonly gone: readonly string[] },
    taking: Taking,
  ): Promise<boolean> {
    const { labourer, now, lease } = taking;
    const row = rows[group] ?? {};
    const by = taking.call();
    const also = taking.also?.(row) ?? {};
    const set = {
      ...also.set,
      ...Object.fromEntries(gone.map((name) => [name, { S: expiredValue(row[name]?.S ?? '') }])),
      ...Object.fromEntries(picked.map(({ place }) => [place, { S: placeValue(now + lease, now) }])),
      [GROUP.by]: { S: by },
    };
    const version = row[GROUP.version];
    const written = await this.#requests.update(
      this.#shelf.table,
      this.#shelf.groupKey(labourer, group),
      { set, ...(also.remove && { remove: also.remove }), add: { [GROUP.version]: 1 } },
      (e) => (version ? `${e.name(GROUP.version)} = ${e.value(version)}` : `attribute_not_exists(${e.name(GROUP.version)})`),
    );
    rows[group] = written.row ?? {};
    // Lost to ourselves: the first answer did not arrive, and the client asked again.
    return written.kind === 'done' || rows[group]?.[GROUP.by]?.S === by;
  }

  #readAll(labourer: string, count: number): Promise<Row[]> {
    if (this.#shelf.readAll) return this.#shelf.readAll(labourer, count);
    return this.#rows(
      Array.from({ length: count }, (_, group) => [labourer, group] as const),
      true,
    );
  }

  async #rows(wanted: readonly (readonly [labourer: string, group: number])[], consistent: boolean): Promise<Row[]> {
    if (wanted.length === 0) return [];
    const keys = wanted.map(([labourer, group]) => this.#shelf.groupKey(labourer, group));
    const found = await this.#requests.batchGet(this.#shelf.table, keys, consistent);
    const byId = new Map(found.map((row) => [this.#shelf.keyText(row), row]));
    return keys.map((key) => byId.get(this.#shelf.keyText(key)) ?? {});
  }
}
