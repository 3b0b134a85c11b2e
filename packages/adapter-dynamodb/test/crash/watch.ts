import type { End, EpochMs, Outcome, Renewal, RenewOutcome, TaskKey, Verdict } from '@reeve/core';
import type { Row } from '../../src/client/requests.ts';
import { placeName, untilOfPlace } from '../../src/ledger/place.ts';
import { OURS } from '../../src/rows/attributes.ts';
import type { Layout } from '../../src/rows/layout.ts';
import { endedByUs, expiryOf, isStray } from '../../src/rows/read-row.ts';
import type { Mirror } from './mirror.ts';
import type { Process } from './traffic.ts';
import { GUARD, type Weather, type World } from './world.ts';

const claimsOf = (row: Row): number => Number(row[OURS.claims]?.N ?? 0);
const untilOf = (row: Row): EpochMs => Number(row[OURS.until]?.N);
const hasEnded = (row: Row): boolean => row['greenfield'] === undefined || endedByUs(row) !== undefined;

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
  /** Tasks that somebody has wanted to be queued again. */
  readonly #redriven = new Set<string>();
  /** Ends that somebody has been told of. */
  readonly #seen = new Set<string>();

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

  redriving(keys: readonly TaskKey[]): void {
    for (const { id } of keys) this.#redriven.add(id);
  }

  seen({ id, state, endedAt, follow }: End): void {
    if (follow !== JSON.stringify({ after: id })) this.bad(`what follows from ${id} is said to be ${follow}`);
    this.#seen.add(`${id} ${endedAt} ${state}`);
  }

  decided(verdict: Verdict, outcome: Outcome | undefined): void {
    if (outcome !== 'applied' && outcome !== 'cancelled') return;
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
    const isBack = was !== undefined && hasEnded(was) && was['labourer_id'] !== undefined && !hasEnded(row);
    const end = was && (endedByUs(was) ?? (was['completed_at'] ? 'completed' : 'dead'));
    const mayBeBack = this.#redriven.has(id) && end !== 'completed';
    if (isBack && !isSosw && !mayBeBack) this.bad(`${id} had ended and is back`);
    if (!isSosw) this.#onEnd(id, row, was);
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
    if (isNew) this.#withinKey(row, id);
  }

  /** Each end that something follows from is in the outbox at once, until somebody was told of it or the task is queued again. */
  #onEnd(id: string, row: Row, was: Row = {}): void {
    const isNew = hasEnded(row) && !hasEnded(was);
    if (isNew && was['labourer_id'] && row[OURS.follow] && row[OURS.ended] === undefined)
      this.bad(`${id} ended, and what follows from it is lost`);
    if (isNew && was[OURS.cancel] && was['completed_at'] === undefined && endedByUs(row) !== 'cancelled')
      this.bad(`${id} was to be cancelled and ended as ${endedByUs(row)}`);
    const gone = was[OURS.ended] !== undefined && row[OURS.ended] === undefined && hasEnded(row);
    if (gone && !this.#seen.has(`${id} ${was[OURS.ended]?.N} ${endedByUs(was)}`))
      this.bad(`the end of ${id} was taken out, and nobody was told of it`);
  }

  #started(id: string, row: Row, was: Row | undefined): void {
    const attempt = `${id} ${row[OURS.token]?.S}`;
    if (this.#attempts.has(attempt)) this.bad(`${attempt} started twice`);
    this.#attempts.add(attempt);
    const expiresAt = was && expiryOf(was);
    if (
      expiresAt !== undefined &&
      expiresAt <= Number(row[OURS.claimedAt]?.N) &&
      Number(was?.['attempts']?.N ?? 0) === 0 &&
      row[OURS.token]?.S?.startsWith('sosw-') === false
    )
      this.bad(`${attempt} started after its time had run out`);
    if (was && this.isLive(id, was)) this.bad(`${id} was taken from a lease that runs`);
    const isOurs = row[OURS.token]?.S?.startsWith('sosw-') === false;
    if (isOurs && Number(row['attempts']?.N) !== Number(was?.['attempts']?.N ?? 0) + 1) this.bad(`${attempt} did not count its attempt`);
  }

  #withinCap(labourer: string, id: string): void {
    const live = [...this.#mirror.tasks].filter(([each, row]) => row['labourer_id']?.S === labourer && this.isLive(each, row));
    const cap = Math.max(...[...this.caps].map((each) => each.cap));
    if (this.#weather.sosw !== 'all' && live.length > cap) this.bad(`${id} started: ${live.length} run under a cap of ${cap}`);
  }

  /** All claims say the same number, so no more than so many of a key ever run; but for a sosw, which knows of none. */
  #withinKey(row: Row, id: string): void {
    const key = row[OURS.key]?.S;
    if (key === undefined || this.#weather.sosw === 'all') return;
    const isLike = (other: Row): boolean => other['labourer_id']?.S === row['labourer_id']?.S && other[OURS.key]?.S === key;
    const live = [...this.#mirror.tasks].filter(([each, other]) => isLike(other) && this.isLive(each, other));
    if (live.length > this.#weather.perKey)
      this.bad(`${id} started: ${live.map(([each]) => each).join(', ')} of ${key} run, where ${this.#weather.perKey} may`);
  }

  /** What runs is covered by its place: counted under the cap, and found when it expires. */
  #hasPlace(id: string, row: Row): void {
    const group = this.#mirror.tasks.get(`reeve:places:${row['labourer_id']?.S}:${row[OURS.group]?.N}`);
    const value = group?.[placeName(id, claimsOf(row))]?.S;
    if (value === undefined) this.bad(`${id} runs and has no place in the ledger`);
    else if (untilOfPlace(value) < untilOf(row) && this.isLive(id, row)) this.bad(`${id} runs for longer than its place`);
  }
}
