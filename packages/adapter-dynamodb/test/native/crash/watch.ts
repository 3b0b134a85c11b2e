import type { End, Outcome, Renewal, RenewOutcome, TaskKey, Verdict } from '@reeve/core';
import type { Row } from '../../../src/client/requests.ts';
import { placesOf } from '../../../src/ledger/group.ts';
import { untilOfPlace } from '../../../src/ledger/place.ts';
import { homeText } from '../../../src/native/codec/home-key.ts';
import { claimsOf, dueOf, endedAtOf, endOf, HOME, isEnded, stateOf, untilOf } from '../../../src/native/codec/home-row.ts';
import { isPending } from '../../../src/native/codec/lasting.ts';
import { placeOfClaim } from '../../../src/native/lane/candidate.ts';
import { type Items, type Stored, storedIn } from './items.ts';
import type { Process } from './traffic.ts';
import { GUARD, type Weather, type World } from './world.ts';

export interface Cap {
  readonly cap: number;
  readonly process: Process;
}

/** What must hold after every write, by the items alone; and what answers may say. */
export class Watch {
  readonly problems: string[] = [];
  /** The caps that claims under way go by, and the one that is in force. */
  readonly caps: Set<Cap> = new Set();
  readonly #world: World;
  readonly #weather: Weather;
  readonly #items: Items;
  /** Each task as it was after the write before, by its home. */
  readonly #before = new Map<string, Stored>();
  readonly #groups = new Map<string, Row>();
  readonly #homes = new Map<string, string>();
  /** By how much the clock is ahead of whoever last said until when a task runs. */
  readonly #skews = new Map<string, number>();
  readonly #attempts = new Set<string>();
  readonly #decided = new Set<string>();
  readonly #ends = new Set<string>();
  /** What was said of each attempt, whether or not it was heard. */
  readonly #said = new Set<string>();
  readonly #created = new Set<string>();
  /** What an operator has asked for, whether or not it was heard: `task cancelled`. */
  readonly #asked = new Set<string>();
  /** Ends that somebody was told of, and may have taken out. */
  readonly #followed = new Set<string>();
  /** How often each task came back from its end, and how often somebody was told that he had brought it back. */
  readonly #back = new Map<string, number>();
  readonly #redriven = new Map<string, number>();

  constructor(world: World, weather: Weather, items: Items) {
    this.#world = world;
    this.#weather = weather;
    this.#items = items;
  }

  bad(problem: string): void {
    this.#world.note(`PROBLEM ${problem}`);
    this.problems.push(problem);
  }

  onWrite(process: Process, key: string): void {
    if (key.startsWith('t#')) this.#onHome(process, key);
    if (key.startsWith('s#')) this.#onGroup(process, key);
    if (key.startsWith('t#') || key.startsWith('s#')) for (const each of this.#items.tasks()) this.#hasPlace(each);
  }

  created(id: string): void {
    if (this.#created.has(id)) this.bad(`${id} was created twice`);
    this.#created.add(id);
  }

  /** These verdicts are on their way. */
  saying<T extends Verdict>(verdicts: readonly T[]): readonly T[] {
    for (const { id, token, kind } of verdicts) this.#said.add(`${id} ${token} ${kind}`);
    return verdicts;
  }

  decided(verdict: Verdict, outcome: Outcome | undefined): void {
    if (outcome !== 'applied' && outcome !== 'cancelled') return;
    const attempt = `${verdict.id} ${verdict.token}`;
    if (this.#decided.has(attempt)) this.bad(`${verdict.kind} of ${attempt} was applied, and another before it`);
    if (!this.#attempts.has(attempt)) this.bad(`${verdict.kind} of ${attempt} was applied, which never ran`);
    this.#decided.add(attempt);
  }

  asking<T extends TaskKey>(keys: readonly T[], end: 'cancelled' | 'dead' | 'queued'): readonly T[] {
    for (const { id } of keys) this.#asked.add(`${id} ${end}`);
    return keys;
  }

  redriven(id: string): void {
    this.#redriven.set(id, (this.#redriven.get(id) ?? 0) + 1);
    if ((this.#redriven.get(id) ?? 0) > (this.#back.get(id) ?? 0)) this.bad(`${id} was brought back by two`);
  }

  following(ends: readonly End[]): void {
    for (const { id, endedAt } of ends) {
      const row = this.#items.tasks().find((each) => each.id === id)?.row;
      if (!row?.[HOME.follow]) this.bad(`${id} is to be followed, and nothing follows from it`);
      this.#followed.add(`${id} ${endedAt}`);
    }
  }

  renewed({ id, token }: Renewal, outcome: RenewOutcome | undefined): void {
    const task = this.#items.tasks().find((each) => each.id === id);
    if (outcome?.kind !== 'renewed' || this.#weather.shortens || !task || stateOf(task.row) !== 'running') return;
    if (task.row[HOME.token]?.S === token && untilOf(task.row) < outcome.deadline - GUARD)
      this.bad(`${id} was renewed until ${outcome.deadline} and ends at ${untilOf(task.row)}`);
  }

  /** Running at this very instant of the story, by the clock of the process that holds it. */
  #isLive({ id, row }: Stored): boolean {
    return stateOf(row) === 'running' && untilOf(row) - (this.#skews.get(id) ?? 0) > this.#world.now;
  }

  #onHome(process: Process, key: string): void {
    const was = this.#before.get(key);
    const row = this.#items.at(key);
    const task = row && storedIn(row);
    if (was && !task) this.bad(`${was.id} vanished`);
    if (!task) return;
    this.#before.set(key, task);
    const home = this.#homes.get(task.id) ?? key;
    if (home !== key) this.bad(`${task.id} is in two homes, ${home} and ${key}`);
    this.#homes.set(task.id, key);
    if (was && isEnded(was.row) && !isEnded(task.row)) this.#cameBack(task);
    if (was && !isEnded(was.row) && endOf(task.row)) this.#endedAnew(task);
    if (was && !isEnded(was.row) && isEnded(task.row) && stateOf(was.row) !== 'running') this.#endedQueued(process, task);
    if (isEnded(task.row) && task.row[HOME.follow] && !isPending(task.row) && !this.#followed.has(`${task.id} ${endedAtOf(task.row)}`))
      this.bad(`${task.id} ended, and what follows from it is forgotten`);
    if (was && stateOf(was.row) === 'running' && stateOf(task.row) !== 'running') this.#ended(task, was);
    if (stateOf(task.row) !== 'running') return;
    const isNew = !was || stateOf(was.row) !== 'running' || claimsOf(was.row) !== claimsOf(task.row);
    if (!isNew && untilOf(was.row) === untilOf(task.row)) return;
    if (isNew) this.#started(task, was);
    else if (!this.#weather.shortens && untilOf(task.row) < untilOf(was.row) - GUARD) this.bad(`the deadline of ${task.id} went back`);
    this.#skews.set(task.id, process.skew);
    if (isNew) this.#hasRoom(task);
  }

  /** All claims say the same number, so no more than so many of a key ever run. */
  #hasRoom({ home, row }: Stored): void {
    const key = row[HOME.key]?.S;
    if (key === undefined) return;
    const live = this.#items
      .tasks()
      .filter((each) => each.home.labourer === home.labourer && each.row[HOME.key]?.S === key && this.#isLive(each));
    if (live.length > this.#weather.perKey)
      this.bad(`${live.map(({ id }) => id).join(', ')} of ${key} run, where ${this.#weather.perKey} may`);
  }

  /** U3 */
  #endedAnew({ id, row }: Stored): void {
    const end = `${id} ${endedAtOf(row)}`;
    if (this.#ends.has(end)) this.bad(`two ends of ${id} at one instant`);
    this.#ends.add(end);
  }

  #cameBack({ id }: Stored): void {
    if (!this.#asked.has(`${id} queued`)) this.bad(`${id} had ended and is back`);
    this.#back.set(id, (this.#back.get(id) ?? 0) + 1);
  }

  #endedQueued({ skew }: Process, { id, row }: Stored): void {
    const state = stateOf(row);
    const isLate = Number(row[HOME.expiresAt]?.N ?? Number.POSITIVE_INFINITY) <= this.#world.now + skew;
    const isRight = state === 'dropped' ? isLate && row[HOME.attempts]?.N === '0' : this.#asked.has(`${id} ${state}`);
    if (!isRight && state !== 'aside') this.bad(`${id} was queued and is ${state}, which nobody asked for`);
  }

  #ended({ id, row }: Stored, was: Stored): void {
    const attempt = `${id} ${was.row[HOME.token]?.S}`;
    if (stateOf(row) === 'cancelled') {
      if (!was.row[HOME.cancelling] || !this.#asked.has(`${id} cancelled`)) this.bad(`${attempt} was cancelled, which nobody asked for`);
      return;
    }
    if (was.row[HOME.cancelling]) this.bad(`${attempt} was to be cancelled and is ${stateOf(row)}`);
    const kind = row[HOME.verdict]?.S;
    if (!this.#said.has(`${attempt} ${kind}`)) this.bad(`${attempt} was ${kind}, which nobody said of it`);
  }

  #started(task: Stored, was: Stored | undefined): void {
    const { id, row } = task;
    const attempt = `${id} ${row[HOME.token]?.S}`;
    if (this.#attempts.has(attempt)) this.bad(`${attempt} started twice`);
    this.#attempts.add(attempt);
    if (claimsOf(row) <= claimsOf(was?.row ?? {})) this.bad(`${attempt} started under the number of a claim before it`);
    if (was && this.#isLive(was)) this.bad(`${id} was taken from a lease that runs`);
    if (Number(row[HOME.attempts]?.N) !== Number(was?.row[HOME.attempts]?.N ?? 0) + 1) this.bad(`${attempt} did not count its attempt`);
    if (row[HOME.attempts]?.N === '1' && Number(row[HOME.claimedAt]?.N) >= Number(row[HOME.expiresAt]?.N ?? Number.POSITIVE_INFINITY))
      this.bad(`${attempt} started when its time had run out`);
    if (Number(row[HOME.claimedAt]?.N) < dueOf(row)) this.bad(`${attempt} started before it was due`);
  }

  /**
   * Whoever takes a place keeps to the cap: what runs has a place, and a task may start some time after its place was taken, when
   * another cap is in force.
   */
  #onGroup(process: Process, key: string): void {
    const row = this.#items.at(key) ?? {};
    const was = this.#groups.get(key) ?? {};
    this.#groups.set(key, row);
    const fresh = placesOf(row).filter((name) => was[name] === undefined);
    for (const name of placesOf(row)) if (was[name]?.S !== row[name]?.S) this.#skews.set(name, process.skew);
    if (fresh.length === 0) return;
    const groups = this.#items.of(key.slice(0, key.lastIndexOf('#') + 1));
    const isLive = (group: Row, name: string): boolean =>
      untilOfPlace(group[name]?.S ?? '') - (this.#skews.get(name) ?? 0) > this.#world.now;
    const live = groups.flatMap((group) => placesOf(group).filter((name) => isLive(group, name))).length;
    const cap = Math.max(...[...this.caps].map((each) => each.cap));
    if (live > cap) this.bad(`${fresh.join(', ')} taken: ${live} places under a cap of ${cap}`);
  }

  /** What runs is covered by its place: counted under the cap, and found when it expires. */
  #hasPlace(task: Stored): void {
    const { id, home, row } = task;
    if (stateOf(row) !== 'running') return;
    const name = placeOfClaim(home, claimsOf(row));
    const groups = this.#items.of(`s#${home.labourer}#`);
    const value = groups.find((each) => each['sk']?.S === `g${String(row[HOME.group]?.N).padStart(3, '0')}`)?.[name]?.S;
    if (value === undefined) this.bad(`${id} runs at ${homeText(home)} and has no place in the ledger`);
    else if (untilOfPlace(value) < untilOf(row) && this.#isLive(task)) this.bad(`${id} runs for longer than its place`);
  }
}
