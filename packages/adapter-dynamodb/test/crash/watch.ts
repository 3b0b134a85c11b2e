import type { EpochMs, Outcome, Renewal, RenewOutcome, Verdict } from '@reeve/core';
import type { Row } from '../../src/client/requests.ts';
import { placeName, untilOfPlace } from '../../src/ledger/place.ts';
import { OURS } from '../../src/rows/attributes.ts';
import type { Layout } from '../../src/rows/layout.ts';
import { isStray } from '../../src/rows/read-row.ts';
import type { Mirror } from './mirror.ts';
import type { Process } from './traffic.ts';
import { GUARD, type Weather, type World } from './world.ts';

const claimsOf = (row: Row): number => Number(row[OURS.claims]?.N ?? 0);
const untilOf = (row: Row): EpochMs => Number(row[OURS.until]?.N);
const hasEnded = (row: Row): boolean => row['greenfield'] === undefined;

/** What must hold after every write, by the rows alone; and what answers may say. */
export class Watch {
  readonly problems: string[] = [];
  /** The caps that claims under way go by, and the one that is in force. */
  readonly caps: Set<{ readonly cap: number; readonly process: Process }> = new Set();
  readonly #world: World;
  readonly #weather: Weather;
  readonly #mirror: Mirror;
  readonly #layout: Layout;
  /** Each row of a task as it was after the write before. */
  readonly #before = new Map<string, Row>();
  /** By how much the clock is ahead of whoever last said until when a task runs. */
  readonly #skews = new Map<string, number>();
  readonly #attempts = new Set<string>();
  readonly #decided = new Set<string>();
  /** Attempts that somebody has given a verdict on, whatever became of it. */
  readonly #tried = new Set<string>();
  readonly #created = new Set<string>();

  constructor(world: World, weather: Weather, mirror: Mirror, layout: Layout) {
    this.#layout = layout;
    this.#world = world;
    this.#weather = weather;
    this.#mirror = mirror;
  }

  bad(problem: string): void {
    this.#world.note(`PROBLEM ${problem}`);
    this.problems.push(problem);
  }

  /** Running at this very instant of the story, by the clock of the process that holds it. */
  isLive(id: string, row: Row): boolean {
    return this.#runs(row) && untilOf(row) - (this.#skews.get(id) ?? 0) > this.#world.now;
  }

  onWrite(process: Process, table: string | undefined, id: string): void {
    if (!this.#mirror.isTasks(table)) return;
    if (!id.startsWith('reeve:')) this.#onTask(process, id);
    for (const [each, row] of this.#mirror.tasks) if (this.#runs(row)) this.#hasPlace(each, row);
  }

  created(id: string): void {
    if (this.#created.has(id) && this.#weather.sosw !== 'all') this.bad(`${id} was created twice`);
    this.#created.add(id);
  }

  tried(verdicts: readonly Verdict[]): void {
    for (const { id, token } of verdicts) this.#tried.add(`${id} ${token}`);
  }

  decided(verdict: Verdict, outcome: Outcome | undefined): void {
    if (outcome !== 'applied') return;
    const attempt = `${verdict.id} ${verdict.token}`;
    if (this.#decided.has(attempt)) this.bad(`${verdict.kind} of ${attempt} was applied, and another before it`);
    if (!this.#attempts.has(attempt)) this.bad(`${verdict.kind} of ${attempt} was applied, which never ran`);
    this.#decided.add(attempt);
    const row = this.#mirror.tasks.get(verdict.id);
    if (row && this.#runs(row) && row[OURS.token]?.S === verdict.token) this.bad(`${attempt} runs after ${verdict.kind} was applied`);
  }

  renewed({ id, token }: Renewal, outcome: RenewOutcome | undefined): void {
    const row = this.#mirror.tasks.get(id);
    if (outcome?.kind !== 'renewed' || this.#weather.shortens || !row || !this.#runs(row) || row[OURS.token]?.S !== token) return;
    if (untilOf(row) < outcome.deadline - GUARD) this.bad(`${id} was renewed until ${outcome.deadline} and ends at ${untilOf(row)}`);
  }

  /** By a lease of ours that is good: not one that a sosw has taken along into its queue. */
  #runs(row: Row | undefined): row is Row {
    return row?.[OURS.until] !== undefined && row['completed_at'] === undefined && !isStray(row, this.#layout);
  }

  #onTask(process: Process, id: string): void {
    const was = this.#before.get(id);
    const row = this.#mirror.tasks.get(id);
    if (row) this.#before.set(id, row);
    else {
      this.#before.delete(id);
      if (this.#weather.sosw !== 'all') this.bad(`${id} vanished`);
      return;
    }
    if (row['labourer_id'] === undefined) return; // a ghost that sosw's assistant made
    // A sosw that moves a row looks at nothing: it puts back what has ended elsewhere meanwhile.
    const isSosw = process.name === 'sosw';
    if (was && hasEnded(was) && was['labourer_id'] && !hasEnded(row) && !isSosw) this.bad(`${id} had ended and is back`);
    const last = was && this.#runs(was) ? `${id} ${was[OURS.token]?.S}` : undefined;
    const isOver = last !== undefined && !(this.#runs(row) && claimsOf(row) === claimsOf(was ?? {}));
    if (isOver && !isSosw && !this.#tried.has(last)) this.bad(`${last} is over, and nobody gave a verdict on it`);
    if (!this.#runs(row)) return;
    const isNew = !was || !this.#runs(was) || claimsOf(was) !== claimsOf(row);
    if (!isNew && untilOf(was) === untilOf(row)) return;
    if (isNew) this.#started(id, row, was);
    else if (!this.#weather.shortens && untilOf(row) < untilOf(was) - GUARD)
      this.bad(`the deadline of ${id} went back by ${untilOf(was) - untilOf(row)}`);
    this.#skews.set(id, process.skew);
    if (isNew) this.#withinCap(row['labourer_id']?.S ?? '', id);
  }

  #started(id: string, row: Row, was: Row | undefined): void {
    const attempt = `${id} ${row[OURS.token]?.S}`;
    if (this.#attempts.has(attempt)) this.bad(`${attempt} started twice`);
    this.#attempts.add(attempt);
    if (was && this.isLive(id, was)) this.bad(`${id} was taken from a lease that runs`);
    const isOurs = row[OURS.token]?.S?.startsWith('sosw-') === false;
    if (isOurs && Number(row['attempts']?.N) !== Number(was?.['attempts']?.N ?? 0) + 1) this.bad(`${attempt} did not count its attempt`);
  }

  #withinCap(labourer: string, id: string): void {
    const live = [...this.#mirror.tasks].filter(([each, row]) => row['labourer_id']?.S === labourer && this.isLive(each, row));
    const cap = Math.max(...[...this.caps].map((each) => each.cap));
    if (this.#weather.sosw !== 'all' && live.length > cap) this.bad(`${id} started: ${live.length} run under a cap of ${cap}`);
  }

  /** What runs is covered by its place: counted under the cap, and found when it expires. */
  #hasPlace(id: string, row: Row): void {
    const group = this.#mirror.tasks.get(`reeve:places:${row['labourer_id']?.S}:${row[OURS.group]?.N}`);
    const value = group?.[placeName(id, claimsOf(row))]?.S;
    if (value === undefined) this.bad(`${id} runs and has no place in the ledger`);
    else if (untilOfPlace(value) < untilOf(row) && this.isLive(id, row)) this.bad(`${id} runs for longer than its place`);
  }
}
