import type { Millis } from '@reeve/core';
import { type CloudwatchQuery, type Item, periodOf } from '../query/types.ts';

/** What CloudWatch takes in one GetMetricData. */
export const MOST_QUERIES = 500;
const MOST_POINTS = 100_800;
/** Points of less than a minute are to be had only from calls that look back no further. */
const FINE_SPAN: Millis = 3 * 3_600_000;

/** One GetMetricData: whose queries it serves, and what it asks for, each thing once. */
export interface Call {
  readonly queries: readonly CloudwatchQuery[];
  readonly items: ReadonlyMap<string, AskedItem>;
  /** How far back it looks: the longest of its queries. */
  readonly span: Millis;
  /** The longest of the periods: its beginning is a multiple of it. */
  readonly align: Millis;
}

export interface AskedItem {
  readonly id: string;
  readonly item: Item;
  /** False: only expressions use it. */
  readonly isReturned: boolean;
}

/**
 * As few calls as will do. Those that look back a short while come first, so that one that looks back for days does not make all of
 * a call's metrics answer for days: the points of a call are counted, and an expression's cannot be had in pages.
 */
export const planCalls = (queries: readonly CloudwatchQuery[]): readonly Call[] => {
  const drafts: Draft[] = [];
  for (const query of queries.toSorted((a, b) => a.span - b.span)) {
    const fitting = drafts.find((each) => each.fits(query));
    const draft = fitting ?? new Draft();
    if (!fitting) drafts.push(draft);
    draft.add(query);
  }
  return drafts.map((each) => each.call());
};

class Draft {
  readonly #queries: CloudwatchQuery[] = [];
  readonly #items = new Map<string, { readonly item: Item; isReturned: boolean }>();
  #span = 0;
  #align = 0;
  #finest = Number.POSITIVE_INFINITY;
  /** Points in each millisecond that is looked back. */
  #density = 0;
  #selects = 0;

  fits(query: CloudwatchQuery): boolean {
    const fresh = itemsOf(query.item).filter(({ key }) => !this.#items.has(key));
    const count = this.#items.size + fresh.length;
    if (count > MOST_QUERIES || this.#selects + selectsIn(fresh) > 1) return false;
    const reach = Math.max(this.#span, query.span) + Math.max(this.#align, query.period);
    if (Math.min(this.#finest, query.period) < 60_000 && reach >= FINE_SPAN) return false;
    const density = this.#density + densityOf(fresh);
    // One more for each, since both ends of the time that is looked at cut a period.
    return density * reach + count <= MOST_POINTS;
  }

  add(query: CloudwatchQuery): void {
    const all = itemsOf(query.item);
    const fresh = all.filter(({ key }) => !this.#items.has(key));
    this.#density += densityOf(fresh);
    this.#selects += selectsIn(fresh);
    for (const item of fresh) this.#items.set(item.key, { item, isReturned: false });
    this.#items.get(query.item.key)!.isReturned = true;
    this.#span = Math.max(this.#span, query.span);
    this.#align = Math.max(this.#align, query.period);
    this.#finest = Math.min(this.#finest, query.period);
    this.#queries.push(query);
  }

  call(): Call {
    const items = [...this.#items].map(([key, each], n) => [key, { ...each, id: `q${n}` }] as const);
    return { queries: this.#queries, items: new Map(items), span: this.#span, align: this.#align };
  }
}

/** The item with all that it is made of; what is used twice, twice. */
const itemsOf = (item: Item): readonly Item[] => {
  if (item.kind === 'stat') return [item];
  const used = item.parts.filter((each) => typeof each !== 'string');
  return [...new Map([...used, item].map((each) => [each.key, each])).values()];
};

const densityOf = (items: readonly Item[]): number => items.reduce((total, each) => total + 1 / (periodOf(each) * 1_000), 0);

const selectsIn = (items: readonly Item[]): number => items.filter((each) => each.kind === 'expression' && each.isSelect).length;
