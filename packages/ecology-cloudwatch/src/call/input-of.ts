import type { GetMetricDataInput, MetricDataQuery, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { EpochMs } from '@reeve/core';
import type { Stat } from '../query/types.ts';
import type { AskedItem, Call } from './plan-calls.ts';

/**
 * A call as the SDK takes it, for the time up to `now`. It begins at a multiple of its longest period, as CloudWatch likes it, and
 * asks for the newest points first.
 */
export const inputOf = (call: Call, now: EpochMs): GetMetricDataInput => ({
  MetricDataQueries: [...call.items.values()].map((each) => asked(each, call)),
  StartTime: new Date(Math.floor((now - call.span) / call.align) * call.align),
  EndTime: new Date(Math.ceil(now / 1_000) * 1_000),
  ScanBy: 'TimestampDescending',
});

const asked = ({ id, item, isReturned }: AskedItem, { items }: Call): MetricDataQuery => {
  if (item.kind === 'expression') {
    const text = item.parts.map((each) => (typeof each === 'string' ? each : items.get(each.key)!.id)).join('');
    // Where an expression is made of metrics, the period is theirs.
    const isMade = item.parts.some((each) => typeof each !== 'string');
    return { Id: id, Expression: text, ReturnData: isReturned, ...(!isMade && { Period: item.period }) };
  }
  const { account } = item.stat;
  return { Id: id, MetricStat: metricStat(item.stat), ReturnData: isReturned, ...(account !== undefined && { AccountId: account }) };
};

const metricStat = ({ namespace, metric, dimensions, period, statistic, unit }: Stat): NonNullable<MetricDataQuery['MetricStat']> => ({
  Metric: { Namespace: namespace, MetricName: metric, Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })) },
  Period: period,
  Stat: statistic,
  // Checked against CloudWatch's list when the query was read.
  ...(unit !== undefined && { Unit: unit as StandardUnit }),
});
