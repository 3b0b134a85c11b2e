import { configFault, type EpochMs, encodeJson, type Json, type Labourer, type MetricSource, type Millis, type Sample } from '@reeve/core';

type Numbers = Readonly<Record<string, number>>;

/** What was to be read of the downstream, for as long as a source may lag behind. */
export class ModelHistory {
  readonly #delay: Millis;
  #past: { readonly at: EpochMs; readonly numbers: Numbers }[] = [];

  constructor(delay: Millis) {
    this.#delay = delay;
  }

  add(at: EpochMs, numbers: Numbers): void {
    this.#past.push({ at, numbers });
    while (this.#past.length > 1 && (this.#past[1] as { readonly at: EpochMs }).at <= at - this.#delay) this.#past.shift();
  }

  read(now: EpochMs, name: string): Sample {
    const known = this.#past[0];
    const value = known?.numbers[name];
    return known && known.at <= now - this.#delay && value !== undefined ? { kind: 'value', value, at: known.at } : { kind: 'none' };
  }
}

/**
 * Stands for every source that the policy's metrics name, and reads the downstream in their place. A metric reads the number of its own
 * name, or of what follows the last dot: `orders-db.cpu` reads `cpu`.
 * @throws ReeveError INVALID_REHEARSAL
 */
export const sourcesOf = (
  { health: { metrics = [] } }: Labourer,
  known: Numbers,
  read: (number: string) => Sample,
): readonly MetricSource[] => {
  const numberOf = (metric: string): string | undefined =>
    [metric, metric.slice(metric.lastIndexOf('.') + 1)].find((each) => Object.hasOwn(known, each));
  const fromOutside = metrics.filter(({ source }) => source !== 'outcomes');
  const problems = fromOutside
    .filter(({ name }) => numberOf(name) === undefined)
    .map(({ name }) => ({
      path: `policy.health.metrics.${name}`,
      problem: `the downstream has no such number; it has ${Object.keys(known).join(', ')}, to be named after the last dot`,
    }));
  if (problems.length > 0) throw configFault(problems, 'This rehearsal cannot be played:', 'INVALID_REHEARSAL');
  return [...new Set(fromOutside.map(({ source }) => source))].map((source): MetricSource => {
    const numbers = new Map(
      fromOutside.filter((each) => each.source === source).map(({ query, name }) => [textOf(query), numberOf(name) as string]),
    );
    return {
      name: source,
      check: () => undefined,
      read: async (queries) => queries.map((each) => read(numbers.get(textOf(each)) as string)),
    };
  });
};

const textOf = (query: Json): string => encodeJson(query, { what: 'query', maxBytes: 1024 * 1024 });
