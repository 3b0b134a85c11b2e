import type { Chance, Clock, EpochMs, Millis } from '@reeve/core';
import { ReeveError } from '@reeve/core';
import type { StoreFaults } from './store-faults.ts';

export interface WayParts {
  readonly clock: Clock;
  /** Decides what befalls each call. */
  readonly chance: Pick<Chance, 'random'>;
  /** A function where they change: it is asked at each call. */
  readonly faults: StoreFaults | (() => StoreFaults);
  /** Is told of each fault as it is dealt, by its name. */
  readonly onFault?: (verb: string, fault: string) => void;
}

/** One call, and the part of it that may happen alone. */
export interface Call<T> {
  readonly verb: string;
  readonly happen: () => Promise<T>;
  /** Absent for what cannot happen in part. @param share from 0 to 1 */
  readonly happenInPart?: (share: number) => Promise<unknown>;
}

/** A copy that went astray arrives within so long. */
const ASTRAY: Millis = 120_000;

const never = <T>(): Promise<T> => new Promise<T>(() => {});

/** The way between a caller and a store, on which calls and answers are lost, doubled, held up and overtaken. */
export class Way {
  readonly #parts: WayParts;
  #throttledUntil: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(parts: WayParts) {
    this.#parts = parts;
  }

  get faults(): StoreFaults {
    const { faults } = this.#parts;
    return typeof faults === 'function' ? faults() : faults;
  }

  /** True with this probability, and then it is told. */
  deals(verb: string, fault: string, probability: number): boolean {
    if (probability === 0 || this.#parts.chance.random() >= probability) return false;
    this.#parts.onFault?.(verb, fault);
    return true;
  }

  async send<T>(call: Call<T>): Promise<T> {
    const { verb, happen, happenInPart } = call;
    const faults = this.faults;
    await this.#travel(faults);
    this.#refuseIfThrottled(verb, faults);
    if (this.deals(verb, 'error before', faults.errorBefore)) throw unreachable(verb);
    if (this.deals(verb, 'silence before', faults.silenceBefore)) return never();
    if (happenInPart && this.deals(verb, 'in part', faults.partial)) {
      await happenInPart(this.#parts.chance.random());
      throw unanswered(verb);
    }
    if (this.deals(verb, 'late copy', faults.late)) this.#strayCopy(happen);
    let answer = await happen();
    if (this.deals(verb, 'again', faults.again)) {
      await this.#travel(faults);
      answer = await happen();
    }
    if (this.deals(verb, 'error after', faults.errorAfter)) throw unanswered(verb);
    if (this.deals(verb, 'silence after', faults.silenceAfter)) return never();
    await this.#travel(faults);
    return answer;
  }

  #refuseIfThrottled(verb: string, faults: StoreFaults): void {
    const { clock } = this.#parts;
    if (this.deals(verb, 'throttle', faults.throttle)) this.#throttledUntil = clock.now() + faults.throttleFor;
    if (clock.now() < this.#throttledUntil) throw throttled(verb);
  }

  #strayCopy(happen: () => Promise<unknown>): void {
    const { clock, chance } = this.#parts;
    const arrive = async (): Promise<void> => {
      await clock.sleep(chance.random() * ASTRAY);
      await happen();
    };
    arrive().catch(() => {}); // nobody waits for its answer
  }

  async #travel({ delay: [least, most], slow }: StoreFaults): Promise<void> {
    const { clock, chance } = this.#parts;
    if (most === 0) return;
    const wait = least + chance.random() * (most - least);
    await clock.sleep(slow > 0 && chance.random() < slow ? wait * 100 : wait);
  }
}

const unreachable = (verb: string): ReeveError =>
  new ReeveError({ kind: 'unavailable', code: 'STORE_UNREACHABLE', message: `${verb}: a planted fault, and nothing happened` });

const unanswered = (verb: string): ReeveError =>
  new ReeveError({ kind: 'unavailable', code: 'STORE_NO_ANSWER', message: `${verb}: a planted fault, and it may have happened` });

const throttled = (verb: string): ReeveError =>
  new ReeveError({ kind: 'unavailable', code: 'STORE_BUSY', message: `${verb}: a planted fault, throttled` });
