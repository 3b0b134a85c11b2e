import { evaluate, type Operand } from './expression.ts';
import type { CloudwatchStore } from './store.ts';
import type { CloudwatchCall, CloudwatchFault, CloudwatchQuery, CloudwatchStatus } from './types.ts';

interface Result {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly number[];
  readonly Values: readonly (number | string)[];
  readonly StatusCode: CloudwatchStatus;
  readonly Messages?: readonly { readonly Code: string; readonly Value: string }[];
}

export interface Page {
  readonly MetricDataResults: readonly Result[];
  readonly Messages: readonly never[];
  readonly NextToken?: string;
}

/** All results of a call, the newest points first. @throws Error if an expression is none */
export const resultsOf = (call: CloudwatchCall, store: CloudwatchStore): readonly Result[] => {
  const series = new Map<string, ReadonlyMap<number, number>>();
  for (const { Id, MetricStat, AccountId } of call.queries) {
    if (MetricStat) series.set(Id, store.series(MetricStat, AccountId, call.start, call.end));
  }
  return call.queries.flatMap((query): Result[] => {
    const all = query.MetricStat ? [series.get(query.Id)!] : seriesOf(query, call, store, (id) => series.get(id));
    // Something without data has a result of its own that says so; only a search that finds nothing has none.
    return query.ReturnData === false ? [] : all.map((each, n) => resultOf(query, each, all.length > 1 ? `series ${n}` : query.Id));
  });
};

const seriesOf = (
  { Expression = '', Period = 60 }: CloudwatchQuery,
  { start, end }: CloudwatchCall,
  store: CloudwatchStore,
  operandOf: (id: string) => Operand | undefined,
): readonly ReadonlyMap<number, number>[] => {
  if (/^\s*(?:SEARCH|SELECT)\b/.test(Expression)) return store.search(Expression, Period, start, end);
  const value = evaluate(Expression, operandOf);
  if (typeof value === 'number') throw new Error(`Error in expression: ${Expression} is no series`);
  return [value];
};

const resultOf = ({ Id }: CloudwatchQuery, series: ReadonlyMap<number, number>, label: string): Result => ({
  Id,
  Label: label,
  Timestamps: [...series.keys()],
  // The protocol writes what is not finite as a text.
  Values: [...series.values()].map((value) => (Number.isFinite(value) ? value : String(value))),
  StatusCode: 'Complete',
});

/** What a fault leaves of the results. */
export const spoil = (
  results: readonly Result[],
  { queries }: CloudwatchCall,
  { of = () => true, status, points = 0 }: Extract<CloudwatchFault, { readonly kind: 'results' }>,
): readonly Result[] =>
  results.map((result) => {
    if (!of(queries.find(({ Id }) => Id === result.Id)!)) return result;
    const Messages = [{ Code: status, Value: `This query ended with ${status}` }];
    return { ...first(result, points), StatusCode: status, Messages };
  });

const first = (result: Result, count: number): Result => ({
  ...result,
  Timestamps: result.Timestamps.slice(0, count),
  Values: result.Values.slice(0, count),
});

/** So many points from where the last page ended. A result that is cut says `PartialData`, until its last piece. */
export const pageOf = (results: readonly Result[], token: string | undefined, most: number): Page => {
  const [from = 0, skip = 0] = token?.split('.').map(Number) ?? [];
  const page: Result[] = [];
  let room = most;
  for (const [n, result] of results.entries()) {
    if (n < from) continue;
    const done = n === from ? skip : 0;
    const rest = { ...result, Timestamps: result.Timestamps.slice(done), Values: result.Values.slice(done) };
    if (rest.Values.length > room) {
      if (room > 0) page.push({ ...first(rest, room), StatusCode: 'PartialData' });
      return { MetricDataResults: page, Messages: [], NextToken: `${n}.${done + room}` };
    }
    page.push(rest);
    room -= rest.Values.length;
  }
  return { MetricDataResults: page, Messages: [] };
};
