import { canonicalJson } from '../decide/canonical-json.ts';
import type { Json } from '../domain/json.ts';
import { type EpochMs, type Millis, SECOND } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricSource, Sample } from '../ports/metric-source.ts';
import type { Events } from './events.ts';
import { over } from './over.ts';
import { sourceBroken, sourceSilent } from './source-faults.ts';

export interface SourceReaderParts {
  readonly clock: Clock;
  readonly events: Events;
}

/** So long a source may take. Whoever assesses a labourer waits for a second more, so that the other sources' answers are not lost with it. */
const PATIENCE: Millis = 4 * SECOND;

/** And so long to tell what it has, after it was told to end. */
const LAST_WORDS: Millis = 500;

/** A timer may go off a little early, and what is asked for in time must not wait for the next turn. */
const EARLY: Millis = 20;

const SILENCE = Symbol('silence');

/** The newest answer to one query. */
interface Cell {
  readonly query: Json;
  askedAt: EpochMs;
  sample: Sample;
  /** It is being read. */
  underWay: Promise<void> | undefined;
}

interface Ask {
  readonly cell: Cell;
  readonly every: Millis;
  readonly answer: (sample: Sample) => void;
}

/**
 * Reads one source for all who ask it. What is asked for within one turn of the event loop is read together, what is equal once, and
 * nothing more often than it is wanted, whatever came of it: a source that refuses is not asked again sooner.
 */
export class SourceReader {
  readonly #source: MetricSource;
  readonly #parts: SourceReaderParts;
  readonly #cells = new Map<string, Cell>();
  #asks: Ask[] = [];

  constructor(source: MetricSource, parts: SourceReaderParts) {
    this.#source = source;
    this.#parts = parts;
  }

  /** Never throws. Answers in time, whatever the source does. */
  sample(query: Json, every: Millis): Promise<Sample> {
    const key = canonicalJson(query);
    const cell: Cell = this.#cells.get(key) ?? { query, askedAt: Number.NaN, sample: { kind: 'none' }, underWay: undefined };
    this.#cells.set(key, cell);
    return new Promise((answer) => {
      this.#asks.push({ cell, every, answer });
      if (this.#asks.length === 1) setImmediate(() => this.#serve());
    });
  }

  #serve(): void {
    const asks = this.#asks;
    this.#asks = [];
    // One instant for all, so that what is read together once stays together.
    const now = this.#parts.clock.now();
    const due = new Set(asks.filter(({ cell, every }) => !cell.underWay && isDue(cell, every, now)).map(({ cell }) => cell));
    if (due.size > 0) {
      const cells = [...due];
      const underWay = this.#read(cells);
      for (const cell of cells) {
        cell.askedAt = now;
        cell.underWay = underWay;
      }
    }
    for (const { cell, answer } of asks) {
      if (cell.underWay) void cell.underWay.then(() => answer(cell.sample));
      else answer(cell.sample);
    }
  }

  async #read(cells: readonly Cell[]): Promise<void> {
    const samples = await this.#ask(cells.map(({ query }) => query));
    cells.forEach((cell, n) => {
      cell.sample = samples[n] ?? { kind: 'none' };
      cell.underWay = undefined;
    });
    const failed = samples.flatMap((each) => (each.kind === 'failed' ? [each.error] : []));
    if (failed.length > 0)
      this.#parts.events.emit('source.failed', { source: this.#source.name, queries: failed.length, error: failed[0] });
  }

  /** As many samples as queries, whatever the source does. */
  async #ask(queries: readonly Json[]): Promise<readonly Sample[]> {
    try {
      const answer = await this.#inTime(queries);
      if (!Array.isArray(answer) || answer.length !== queries.length)
        throw sourceBroken(`${this.#source.name} was asked for ${queries.length} samples and did not answer as many`);
      return answer.map((each) => (isSample(each) ? each : failed(sourceBroken(`${this.#source.name} answered what is no sample`))));
    } catch (error) {
      return queries.map(() => failed(error));
    }
  }

  async #inTime(queries: readonly Json[]): Promise<unknown> {
    const { clock } = this.#parts;
    const [asking, waiting] = [new AbortController(), new AbortController()];
    const silence = (wait: Millis): Promise<typeof SILENCE> => clock.sleep(wait, waiting.signal).then(() => SILENCE);
    // Within a promise, so that one that throws at once is as one that throws later.
    const reading = Promise.resolve().then(() => this.#source.read(queries, asking.signal));
    try {
      const answer: unknown = await Promise.race([reading, silence(PATIENCE)]);
      if (answer !== SILENCE) return answer;
      over(asking);
      const late: unknown = await Promise.race([reading, silence(LAST_WORDS)]);
      if (late === SILENCE) throw sourceSilent(this.#source.name);
      return late;
    } finally {
      over(waiting);
      reading.catch(() => {}); // what it throws when nobody waits any more
    }
  }
}

const isDue = ({ askedAt }: Cell, every: Millis, now: EpochMs): boolean => {
  const since = now - askedAt;
  return !(since >= 0 && since < every - EARLY); // the first time, and after a clock that was put back
};

const isSample = (value: unknown): value is Sample => {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, value: number, at } = value as { readonly kind?: unknown; readonly value?: unknown; readonly at?: unknown };
  return kind === 'none' || kind === 'failed' || (kind === 'value' && typeof number === 'number' && typeof at === 'number');
};

const failed = (error: unknown): Sample => ({ kind: 'failed', error });
