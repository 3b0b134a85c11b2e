import type { Socket } from 'node:net';
import type { Chance, Clock, EpochMs } from '@reeve/core';
import { type Fate, fateOf, sliced } from './fate.ts';
import type { Toxic, Way } from './toxic.ts';

/** What all lanes of a proxy share. */
export interface Conditions {
  readonly clock: Clock;
  readonly chance: Pick<Chance, 'random'>;
  readonly toxics: () => Iterable<Toxic>;
  /** Resolves once nothing stalls this way; absent: nothing does. */
  readonly stalled: (way: Way) => Promise<void> | undefined;
  readonly hit: (kind: Toxic['kind']) => void;
}

type Ending = Exclude<Fate['kind'], 'pass'>;

interface Piece {
  /** Absent: the end of the stream. */
  readonly bytes: Buffer | undefined;
  readonly at: EpochMs;
}

/** From here on the sender is not read from until what it sent is on its way. */
const MOST_WAITING = 1 << 20;

/** One way of one connection: what arrives is delivered in its order, when its time has come. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #way: Way;
  readonly #conditions: Conditions;
  readonly #onFate: (fate: Ending) => void;
  readonly #over = new AbortController();
  #pieces: Piece[] = [];
  #waiting = 0;
  #delivering = false;
  #isLost = false;

  constructor(from: Socket, to: Socket, way: Way, conditions: Conditions, onFate: (fate: Ending) => void) {
    this.#from = from;
    this.#to = to;
    this.#way = way;
    this.#conditions = conditions;
    this.#onFate = onFate;
    from.on('data', (bytes: Buffer) => this.#arrive(bytes));
    from.once('end', () => this.#isLost || this.#push(undefined, 0));
  }

  /** Nothing arrives from here on, and nobody is told. */
  lose(): void {
    this.#isLost = true;
    this.#pieces = [];
    this.#waiting = 0;
    this.#from.resume(); // a sender that is not read from would notice
  }

  end(): void {
    this.lose();
    this.#over.abort();
  }

  #arrive(bytes: Buffer): void {
    if (this.#isLost) return;
    const { toxics, chance, hit } = this.#conditions;
    const fate = fateOf(toxics(), this.#way, chance);
    if (fate.kind !== 'pass') {
      hit(fate.kind);
      this.#onFate(fate.kind);
      return;
    }
    for (const kind of fate.met) hit(kind);
    const pieces = fate.slices === undefined ? [bytes] : sliced(bytes, fate.slices, chance);
    for (const each of pieces) this.#push(each, fate.wait);
  }

  #push(bytes: Buffer | undefined, wait: number): void {
    this.#pieces.push({ bytes, at: this.#conditions.clock.now() + wait });
    this.#waiting += bytes?.length ?? 0;
    if (this.#waiting > MOST_WAITING) this.#from.pause();
    if (!this.#delivering) void this.#deliver();
  }

  async #deliver(): Promise<void> {
    this.#delivering = true;
    const { clock, stalled } = this.#conditions;
    for (let next = this.#pieces[0]; next; next = this.#pieces[0]) {
      const wait = next.at - clock.now();
      if (wait > 0) await clock.sleep(wait, this.#over.signal);
      for (let stall = stalled(this.#way); stall && !this.#isLost; stall = stalled(this.#way)) await stall;
      if (this.#isLost) break; // meanwhile
      this.#pieces.shift();
      this.#waiting -= next.bytes?.length ?? 0;
      if (this.#waiting <= MOST_WAITING) this.#from.resume();
      if (next.bytes === undefined) this.#to.end();
      else if (!this.#to.write(next.bytes)) await roomIn(this.#to);
    }
    this.#delivering = false;
  }
}

const roomIn = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
    if (socket.destroyed) done();
  });
