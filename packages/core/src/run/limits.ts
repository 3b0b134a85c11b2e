import { giveStartsBack, takeStarts } from '../decide/rate.ts';
import { giveUnitsBack, type Holders, holdNoMore, holdUnitsUntil, takeUnits } from '../decide/units.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { Draw, Rate } from '../domain/limits.ts';
import { type EpochMs, MINUTE, type Millis } from '../domain/time.ts';
import { SharedEntry, type SharedEntryParts } from './shared-entry.ts';

/** What a claim may start, and what was set aside for it. */
export interface Grant {
  readonly granted: number;
  /** How long until there may be more. Absent: nobody can tell. */
  readonly wait?: Millis;
  readonly draws: readonly { readonly draw: Draw; readonly attempts: number; readonly until: EpochMs }[];
  readonly starts: number;
  /** When the starts were taken, on the store's clock. */
  readonly takenAt?: EpochMs;
}

interface StartsKept {
  readonly next: EpochMs;
}

/** Units are held for so long beyond the lease that they are held for: a claim takes its time. */
const MARGIN: Millis = MINUTE;

/** What labourers may start by their rates and by the resources that they share, kept in the register for all processes. */
export class Limits {
  readonly #parts: SharedEntryParts;
  readonly #rates = new Map<string, SharedEntry<StartsKept>>();
  readonly #resources = new Map<string, SharedEntry<Holders>>();

  constructor(parts: SharedEntryParts) {
    this.#parts = parts;
  }

  /** Sets aside what up to so many attempts take. What is not used has to be given back. */
  async take(labourer: Labourer, token: string, wanted: number, lease: Millis): Promise<Grant> {
    const draws: { draw: Draw; attempts: number; until: EpochMs }[] = [];
    let granted = wanted;
    for (const draw of labourer.draws ?? []) {
      if (granted === 0) break;
      const held = await this.#hold(draw, token, granted, lease);
      draws.push({ draw, ...held });
      granted = held.attempts;
    }
    if (!labourer.rate || granted === 0) return { granted, draws, starts: 0 };
    const { granted: starts, wait, takenAt } = await this.#start(labourer.id, labourer.rate, granted);
    return { granted: starts, draws, starts, takenAt, ...(starts < granted && { wait }) };
  }

  /** Of what was set aside so many attempts were started. */
  async giveBack(labourer: Labourer, token: string, { draws, starts, takenAt = 0 }: Grant, used: number): Promise<void> {
    const giving = draws
      .filter(({ attempts }) => attempts > used)
      .map(({ draw, attempts }) => this.endUnits(draw.resource, new Map([[token, (attempts - used) * draw.units]])));
    const { rate } = labourer;
    if (rate && starts > used) {
      const give = (kept: StartsKept | undefined, now: EpochMs) => {
        const before = kept?.next ?? now;
        const next = giveStartsBack(rate, before, starts - used, now - takenAt);
        return next === before ? { answer: undefined } : { value: { next }, keep: keepOf(next, now), answer: undefined };
      };
      giving.push(this.#rateOf(labourer.id).update<undefined>(give));
    }
    await Promise.all(giving);
  }

  /** @param ended units by the token of their claim */
  endUnits(resource: string, ended: ReadonlyMap<string, number>): Promise<void> {
    return this.#resourceOf(resource).update<void>((holders = {}, now) => kept(giveUnitsBack(holders, ended, now), now, undefined));
  }

  /** @param most units by the token of their claim: what is held beyond is free */
  holdNoMore(resource: string, most: ReadonlyMap<string, number>): Promise<void> {
    return this.#resourceOf(resource).update<void>((holders = {}, now) => kept(holdNoMore(holders, most, now), now, undefined));
  }

  /** @returns by token how many units are held, until these instants at least */
  holdUntil(resource: string, until: (now: EpochMs) => ReadonlyMap<string, EpochMs>): Promise<ReadonlyMap<string, number>> {
    return this.#resourceOf(resource).update((holders = {}, now) => {
      const held = holdUnitsUntil(holders, until(now), now);
      return kept(held, now, new Map(Object.entries(held).map(([token, [units]]) => [token, units])));
    });
  }

  /** The instant until which units are to be held for a lease of this length that may begin any moment. */
  static until(now: EpochMs, lease: Millis): EpochMs {
    return now + lease + MARGIN;
  }

  #hold(draw: Draw, token: string, wanted: number, lease: Millis): Promise<{ attempts: number; until: EpochMs }> {
    return this.#resourceOf(draw.resource).update((holders = {}, now) => {
      const until = Limits.until(now, lease);
      const { granted, holders: held } = takeUnits(holders, { ...draw, token, wanted, until }, now);
      const answer = { attempts: granted, until };
      return granted === 0 ? { answer } : kept(held, now, answer);
    });
  }

  #start(labourer: string, rate: Rate, wanted: number): Promise<{ granted: number; wait: Millis; takenAt: EpochMs }> {
    return this.#rateOf(labourer).update((before: StartsKept | undefined, now) => {
      const { next, ...taken } = takeStarts(rate, before?.next, wanted, now);
      const answer = { ...taken, takenAt: now };
      return answer.granted === 0 ? { answer } : { value: { next }, keep: keepOf(next, now), answer };
    });
  }

  #rateOf(labourer: string): SharedEntry<StartsKept> {
    return entryOf(this.#rates, `rate:${labourer}`, this.#parts);
  }

  #resourceOf(resource: string): SharedEntry<Holders> {
    return entryOf(this.#resources, `resource:${resource}`, this.#parts);
  }
}

const entryOf = <Value>(entries: Map<string, SharedEntry<Value>>, name: string, parts: SharedEntryParts): SharedEntry<Value> => {
  const known = entries.get(name) ?? new SharedEntry<Value>(name, parts);
  entries.set(name, known);
  return known;
};

/** After this an entry says the same as none. */
const keepOf = (until: EpochMs, now: EpochMs): Millis => Math.ceil(Math.max(0, until - now)) + MINUTE;

const kept = <Answer>(holders: Holders, now: EpochMs, answer: Answer): { value: Holders; keep: Millis; answer: Answer } => ({
  value: holders,
  keep: keepOf(Math.max(now, ...Object.values(holders).map(([, until]) => until)), now),
  answer,
});
