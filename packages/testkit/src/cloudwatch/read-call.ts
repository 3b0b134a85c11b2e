import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { cloudwatchErrors } from './faults.ts';
import { foldOf } from './statistic.ts';
import type { CloudwatchCall, CloudwatchFault, CloudwatchQuery } from './types.ts';

export interface ReadCall {
  readonly call: CloudwatchCall;
  /** It is refused as a whole. */
  readonly refusal?: Extract<CloudwatchFault, { readonly kind: 'error' }>;
}

const TARGET = 'GraniteServiceVersion20100801.GetMetricData';

interface Body {
  readonly MetricDataQueries?: readonly CloudwatchQuery[];
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly NextToken?: string;
}

/** Reads one request in the form of AWS JSON 1.0, which the SDKs of 2026 send. */
export const readCall = async (request: IncomingMessage): Promise<ReadCall> => {
  const { MetricDataQueries: queries = [], StartTime = Number.NaN, EndTime = Number.NaN, NextToken } = (await json(request)) as Body;
  const call = { queries, start: StartTime * 1_000, end: EndTime * 1_000, ...(NextToken !== undefined && { nextToken: NextToken }) };
  const target = request.headers['x-amz-target'];
  const problem =
    target === TARGET ? (timeProblemOf(call) ?? problemOf(queries, EndTime - StartTime)) : `There is no operation ${String(target)} here`;
  return { call, ...(problem !== undefined && { refusal: cloudwatchErrors.invalid(problem) }) };
};

const timeProblemOf = ({ start, end }: CloudwatchCall): string | undefined => {
  if (Number.isNaN(start) || Number.isNaN(end)) return 'The parameters StartTime and EndTime are required.';
  return start >= end ? 'The parameter StartTime must be less than the parameter EndTime.' : undefined;
};

const THREE_HOURS = 3 * 3_600;

/** One query that is wrong takes all of its call with it, as on CloudWatch. */
const problemOf = (queries: readonly CloudwatchQuery[], span: number): string | undefined => {
  if (queries.length === 0) return 'The parameter MetricDataQueries is required.';
  if (queries.length > 500) return 'The collection MetricDataQueries must not have a size greater than 500.';
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) return 'The values for parameter Id in MetricDataQueries are not unique.';
  if (queries.filter(({ Expression = '' }) => /^\s*SELECT\b/.test(Expression)).length > 1) return 'Only one SELECT is allowed per request.';
  for (const { Id, MetricStat, Expression, Period } of queries) {
    if (!/^[a-z]\w*$/.test(Id)) return `The value ${Id} for parameter Id is not valid.`;
    if ((MetricStat === undefined) === (Expression === undefined)) return `Query ${Id} needs either MetricStat or Expression.`;
    if (Expression !== undefined && /^\s*(?:SELECT|SEARCH)\b/.test(Expression) && Period === undefined)
      return `Period is required for ${Id}.`;
    const period = MetricStat?.Period ?? Period ?? 60;
    if (![1, 5, 10, 20, 30].includes(period) && (period % 60 !== 0 || period <= 0)) return `The value ${period} for Period is not valid.`;
    if (period < 60 && span > THREE_HOURS) return `The value ${period} for Period is only for the last three hours.`;
    if (MetricStat && !foldOf(MetricStat.Stat)) return `The value ${MetricStat.Stat} for parameter Stat is not supported.`;
    if (MetricStat && (!MetricStat.Metric?.Namespace || !MetricStat.Metric.MetricName)) return `Query ${Id} names no metric.`;
  }
  return undefined;
};
