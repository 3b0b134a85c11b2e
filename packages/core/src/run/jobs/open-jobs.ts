import type { KeptFinalizer } from '../../decide/batch-entry.ts';
import type { JsonText } from '../../domain/json.ts';
import { DAY, type EpochMs, type Millis } from '../../domain/time.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Register } from '../../ports/register.ts';
import { inTime } from '../in-time.ts';
import { SharedEntry } from '../shared-entry.ts';
import { jobEntry } from './job-book.ts';

export interface OpenJobsParts {
  readonly register: Register;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** All that it takes to go on with a job without whoever began it. */
export interface KeptEvent {
  readonly v: 1;
  readonly text: string;
  readonly run: string;
  readonly now: EpochMs;
  readonly isFollowed: boolean;
  readonly finalizer?: KeptFinalizer;
}

const NAME = 'jobs:open';

/** Ids of 36 characters: the list stays under half of what an entry of the register may hold. */
const MOST_OPEN = 500;
/** Of the job's text as it is written. What stands beside it finds room in the rest of the 64 KiB. */
const LONGEST_TEXT = 48 * 1024;
const LONGEST_ENTRY = 64 * 1024;
/** Much longer than any job takes: whoever dies while a job is taken out leaves it behind. */
const EVENT_LASTS: Millis = 30 * DAY;

/**
 * The jobs that are not over, so that they are found without whoever began them. It is a help and no more: a job that is not in it goes on
 * when the same call is made again.
 *
 * What a job is made from is written before the job is listed, and the job is listed before there is an entry of it. So whoever finds it here
 * can make it, and whoever finds nothing to make it from may take it out: it was over before.
 */
export class OpenJobs {
  readonly #parts: OpenJobsParts;
  readonly #list: SharedEntry<readonly string[]>;

  constructor(parts: OpenJobsParts) {
    this.#parts = parts;
    this.#list = new SharedEntry(NAME, parts);
  }

  async list(): Promise<readonly string[]> {
    return (await this.#list.look()) ?? [];
  }

  /** @returns false if it is too long, or there are too many */
  async keep(id: string, event: KeptEvent): Promise<boolean> {
    const value = JSON.stringify(event) as JsonText;
    if (Buffer.byteLength(JSON.stringify(event.text)) > LONGEST_TEXT || Buffer.byteLength(value) > LONGEST_ENTRY) return false;
    const all = await this.list();
    if (all.includes(id)) return true;
    if (all.length >= MOST_OPEN) return false;
    const { register, clock, chance } = this.#parts;
    await inTime(clock, 'change', () => register.change([{ name: eventEntry(id), value, stamp: chance.id(), keep: EVENT_LASTS }]));
    return this.add(id);
  }

  /** @returns false if there are too many */
  add(id: string): Promise<boolean> {
    return this.#list.update<boolean>((all = []) => {
      if (all.includes(id)) return { answer: true };
      return all.length < MOST_OPEN ? { value: [...all, id], answer: true } : { answer: false };
    });
  }

  async find(id: string): Promise<KeptEvent | undefined> {
    const { register, clock } = this.#parts;
    const [entry] = (await inTime(clock, 'look', () => register.look([eventEntry(id)]))).entries;
    const event = entry && (JSON.parse(entry.value) as KeptEvent);
    return event?.v === 1 ? event : undefined;
  }

  /** It is over. Out of the list first: one that is listed has what it is made from, as long as it is not over. */
  async drop(id: string): Promise<void> {
    const { register, clock, chance } = this.#parts;
    const wasListed = await this.#list.update<boolean>((all = []) => {
      const others = all.filter((each) => each !== id);
      if (others.length === all.length) return { answer: false };
      return { value: others.length > 0 ? others : null, answer: true };
    });
    if (wasListed) await inTime(clock, 'change', () => register.change([{ name: eventEntry(id), stamp: chance.id() }]));
  }
}

const eventEntry = (id: string): string => `${jobEntry(id)}:event`;
