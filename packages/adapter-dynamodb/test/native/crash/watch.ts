import type { Outcome, Renewal, RenewOutcome, Verdict } from '@reeve/core';
import type { Row } from '../../../src/client/requests.ts';
import { placesOf } from '../../../src/ledger/group.ts';
import { untilOfPlace } from '../../../src/ledger/place.ts';
import { homeText } from '../../../src/native/codec/home-key.ts';
import { claimsOf, dueOf, HOME, isEnded, stateOf, untilOf } from '../../../src/native/codec/home-row.ts';
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
  /** What was said of each attempt, whether or not it was heard. */
  readonly #said = new Set<string>();
  readonly #created = new Set<string>();

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
    if (outcome !== 'applied') return;
    const attempt = `${verdict.id} ${verdict.token}`;
    if (this.#decided.has(attempt)) this.bad(`${verdict.kind} of ${attempt} was applied, and another before it`);
    if (!this.#attempts.has(attempt)) this.bad(`${verdict.kind} of ${attempt} was applied, which never ran`);
    this.#decided.add(attempt);
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
    if (was && isEnded(was.row) && !isEnded(task.row)) this.bad(`${task.id} had ended and is back`);
    if (was && stateOf(was.row) === 'running' && stateOf(task.row) !== 'running') this.#ended(task, was);
    if (stateOf(task.row) !== 'running') return;
    const isNew = !was || stateOf(was.row) !== 'running' || claimsOf(was.row) !== claimsOf(task.row);
    if (!isNew && untilOf(was.row) === untilOf(task.row)) return;
    if (isNew) this.#started(task, was);
    else if (!this.#weather.shortens && untilOf(task.row) < untilOf(was.row) - GUARD) this.bad(`the deadline of ${task.id} went back`);
    this.#skews.set(task.id, process.skew);
  }

  #ended({ id, row }: Stored, was: Stored): void {
    const attempt = `${id} ${was.row[HOME.token]?.S}`;
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
