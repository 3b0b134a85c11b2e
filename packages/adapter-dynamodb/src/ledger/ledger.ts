/**
 * The cap as a ledger of places, kept with the tasks. Whoever claims first takes places, in one conditional write for each
 * group, and only then the tasks; whoever settles first ends the task, and only then gives its place back. So at every instant
 * the places cover what runs, and what a crash leaves half done still has its place, which is where `maintain` finds it.
 */
import type { EpochMs, Millis } from '@reeve/core';
import type { Change, Expression } from '../client/expression.ts';
import type { Row } from '../client/requests.ts';
import { GROUP, isLive, type Now, placesOf, roomOf } from './group.ts';
import { Groups } from './groups.ts';
import { takenOf, tooMany, withRoom } from './keys.ts';
import { claimedAtOfPlace, endsAfter, expiredValue, type Place, placeValue, stampedValue, tagOfPlace, untilOfPlace } from './place.ts';

/** A task that wants a place. */
export interface Wanting {
  readonly place: string;
  /** Of its key, if it has one: stays with the place, whoever claims it. */
  readonly tag?: string | undefined;
}

export interface Taking extends Now {
  readonly labourer: string;
  readonly cap: number;
  /** The most places of one key. Absent: keys do not count. */
  readonly perKey?: number | undefined;
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

export class Ledger extends Groups {
  /** Where looking for room begins: elsewhere each time, so that no group is written to more than others. */
  #turn = -1;

  /**
   * Places for as many of `wanting` as there is room for, the first of them first.
   * @param rows what `read` answered; brought up to date where a race was lost
   */
  async take<T extends Wanting>(rows: Row[], wanting: readonly T[], taking: Taking): Promise<readonly (T & { readonly group: number })[]> {
    const { perKey } = taking;
    const taken: (T & { readonly group: number })[] = [];
    this.#turn += 1;
    let left = wanting;
    if (perKey !== undefined && rows.length > 1) {
      await this.#markEnded(rows, taking);
      // Where that came too late, another was first, perhaps with some of these very tasks.
      left = left.filter(({ place }) => rows.every((row) => row[place] === undefined));
    }
    for (let tries = 0; tries < TRIES && left.length > 0; ) {
      if (perKey !== undefined) left = withRoom(left, takenOf(rows, taking), perKey);
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
    return perKey !== undefined && rows.length > 1 && taken.some(({ tag }) => tag !== undefined)
      ? this.#confirm(rows, taken, perKey, taking)
      : taken;
  }

  /**
   * The places of a key may be in several groups, and a write to one does not see that another took the last of them elsewhere. So a claim
   * looks at all groups once more when it has its places, and before it takes any task: those of a key that has too many by now it gives back.
   *
   * Of the places of one key under which leases run at any instant, one was written last. Whoever wrote it looked after that, and all the
   * others were there by then, since a place stands from before its lease begins until after it has ended. So he counted them all, and kept
   * his own only as far as they are no more than may be. Two that look at the same time may both give back: then neither has it, and one of
   * them comes again. With one group there is nothing to look at: its version decides.
   */
  async #confirm<T extends Wanting & { readonly group: number }>(
    rows: Row[],
    taken: readonly T[],
    perKey: number,
    taking: Taking,
  ): Promise<readonly T[]> {
    rows.splice(0, rows.length, ...(await this.readAll(taking.labourer, rows.length)));
    const over = tooMany(taken, takenOf(rows, taking), perKey);
    if (over.size === 0) return taken;
    await Promise.all([...rows.keys()].map((group) => this.#takeBack(rows, group, taking.labourer, [...over])));
    return taken.filter((one) => !over.has(one));
  }

  /**
   * Gives places back that no task was taken for. The number of the claim is not used up, so the next claim of the task has a place of the
   * same name: only what we wrote is taken out, however late the request arrives.
   */
  async #takeBack(
    rows: Row[],
    group: number,
    labourer: string,
    over: readonly { readonly group: number; readonly place: string }[],
  ): Promise<void> {
    const row = rows[group] ?? {};
    const names = over.filter((one) => one.group === group && row[one.place] !== undefined).map(({ place }) => place);
    rows[group] = Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const remove = names.slice(from, from + AT_ONCE);
      await this.requests.update(this.shelf.table, this.shelf.groupKey(labourer, group), { remove }, (e) =>
        remove.map((name) => `${e.name(name)} = ${e.value(row[name] ?? { S: '' })}`).join(' AND '),
      );
    }
  }

  /** Of keys, before they are counted as free: a renewal under way in another group than that which is written to would not be seen. */
  async #markEnded(rows: Row[], taking: Taking): Promise<void> {
    for (const group of rows.keys()) {
      const gone = unmarked(rows[group] ?? {}, taking).filter((name) => tagOfPlace(rows[group]?.[name]?.S ?? '') !== undefined);
      // Lost to another, they count as taken for this time.
      if (gone.length > 0) await this.#write(rows, group, { picked: [], gone: gone.slice(0, AT_ONCE) }, taking);
    }
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
          await this.requests.update(this.shelf.table, this.shelf.groupKey(labourer, group), {
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
  async extend(labourer: string, { group, name, tag }: Place, until: EpochMs, now: EpochMs, claimedAt: EpochMs): Promise<boolean> {
    const value = placeValue(until, claimedAt, tag);
    const { kind, row } = await this.requests.update(
      this.shelf.table,
      this.shelf.groupKey(labourer, group),
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
    { group, name, tag }: Place,
    { until, now, claimedAt }: Record<'until' | 'now' | 'claimedAt', EpochMs>,
    stamp: string,
  ): Promise<{ readonly value: string } | 'gone' | 'overtaken'> {
    const key = this.shelf.groupKey(labourer, group);
    const value = stampedValue(placeValue(until, claimedAt, tag), stamp);
    const extended = await this.requests.update(
      this.shelf.table,
      key,
      { set: { [name]: { S: value } }, add: { [GROUP.version]: 1 } },
      (e) => `${e.name(name)} BETWEEN ${e.value({ S: endsAfter(now) })} AND ${e.value({ S: value })}`,
    );
    const seen = extended.row?.[name]?.S ?? '';
    if (extended.kind === 'done' || seen === value) return { value };
    if (seen < value) return 'gone';
    const later = stampedValue(seen, stamp);
    const stamped = await this.requests.update(
      this.shelf.table,
      key,
      { set: { [name]: { S: later } } },
      (e) => `${e.name(name)} = ${e.value({ S: seen })}`,
    );
    return stamped.kind === 'done' || stamped.row?.[name]?.S === later ? { value: later } : 'overtaken';
  }

  /** Brings the end of a place nearer, if nobody was there since its value was seen. */
  async uncover(labourer: string, { group, name }: Place, seen: string, until: EpochMs): Promise<void> {
    if (untilOfPlace(seen) <= until) return;
    await this.requests.update(
      this.shelf.table,
      this.shelf.groupKey(labourer, group),
      { set: { [name]: { S: placeValue(until, claimedAtOfPlace(seen), tagOfPlace(seen)) } } },
      (e) => `${e.name(name)} = ${e.value({ S: seen })}`,
    );
  }

  /** The write that brings the end of a place nearer, if it is where it was: no renewal under way has put it off. */
  shortening(labourer: string, { group, name, tag }: Place, { from, to, claimedAt }: Record<'from' | 'to' | 'claimedAt', EpochMs>) {
    return {
      key: this.shelf.groupKey(labourer, group),
      change: { set: { [name]: { S: placeValue(to, claimedAt, tag) } } },
      when: (e: Expression): string => `${e.name(name)} = ${e.value({ S: placeValue(from, claimedAt, tag) })}`,
    };
  }

  /**
   * Enters a place that another program took without asking: it can only make less room, so no count is needed.
   * @returns false if the name is taken by a claim that is under way: it gives its place back, or keeps it
   */
  async enter(labourer: string, { group, name, tag }: Place, until: EpochMs, claimedAt: EpochMs): Promise<boolean> {
    const value = { S: placeValue(until, claimedAt, tag) };
    const { kind } = await this.requests.update(
      this.shelf.table,
      this.shelf.groupKey(labourer, group),
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
      ...Object.fromEntries(picked.map(({ place, tag }) => [place, { S: placeValue(now + lease, now, tag) }])),
      [GROUP.by]: { S: by },
    };
    const version = row[GROUP.version];
    const written = await this.requests.update(
      this.shelf.table,
      this.shelf.groupKey(labourer, group),
      { set, ...(also.remove && { remove: also.remove }), add: { [GROUP.version]: 1 } },
      (e) => (version ? `${e.name(GROUP.version)} = ${e.value(version)}` : `attribute_not_exists(${e.name(GROUP.version)})`),
    );
    rows[group] = written.row ?? {};
    // Lost to ourselves: the first answer did not arrive, and the client asked again.
    return written.kind === 'done' || rows[group]?.[GROUP.by]?.S === by;
  }
}
