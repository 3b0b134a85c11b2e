import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defineLabourers, Health, type LabourerDefinition, type Metric, type MetricDefinitions } from '@reeve/core';
import { describe, it } from 'vitest';
import { capAt } from '../../src/decide/cap.ts';
import { levelOf } from '../../src/decide/metric-levels.ts';
import { faultOf } from '../decide/faults.ts';

/** What sosw 0.7.31 did with 10 queued tasks and a cap of 10, for datapoints that CloudWatch gave it. */
interface Recorded {
  readonly case: string;
  readonly health_metrics: MetricDefinitions;
  readonly datapoints: readonly number[] | 'empty' | 'error';
  readonly invoked: number;
  readonly error: { readonly error: string } | null;
}
const text = readFileSync(new URL('golden/health-0.7.31.json', import.meta.url), 'utf8');
const recorded: readonly Recorded[] = JSON.parse(text).stages[0].results;

const define = (metrics: unknown): readonly Metric[] => {
  const definition = { maxSimultaneousInvocations: 10, health: { metrics } } as LabourerDefinition;
  return defineLabourers({ w0: definition })[0]?.health.metrics ?? [];
};
const refused = (metrics: unknown): readonly string[] =>
  faultOf(() => define(metrics), 'config', 'INVALID_LABOURERS')
    .message.replace(' [INVALID_LABOURERS]', '')
    .split('\n')
    .slice(1)
    .map((line) => line.replace('  labourers.w0.health.metrics.', ''));

/** Where sosw crashed, and what is right. */
const MENDED: Readonly<Record<string, number>> = { 'operator <=': 10, ge: 7, 'ge 80': 10 };

describe("sosw's health_metrics, as they stand", () => {
  for (const { case: name, health_metrics, datapoints, invoked, error } of recorded.filter((each) => Array.isArray(each.datapoints))) {
    it(`${name}: ${error ? `${MENDED[name]}, where sosw crashed` : invoked} of 10 are started`, () => {
      const [metric] = define(health_metrics);
      assert.ok(metric && Array.isArray(datapoints));
      const mean = datapoints.reduce((sum, each) => sum + each, 0) / datapoints.length;
      const [labourer] = defineLabourers({ w0: { maxSimultaneousInvocations: 10 } });
      assert.ok(labourer);
      assert.equal(capAt(labourer, levelOf(metric.levels, mean)), error ? MENDED[name] : invoked);
    });
  }

  it('become metrics of CloudWatch that are read once a period', () => {
    const [metric] = define(recorded[0]?.health_metrics);
    assert.deepEqual(metric, {
      name: 'cpu',
      source: 'cloudwatch',
      query: { MetricName: 'CPUUtilization', Namespace: 'AWS/RDS', Period: 60, Statistics: ['Average'], Dimensions: [] },
      levels: [
        { health: 4, comparison: '<=', than: 25 },
        { health: 3, comparison: '<=', than: 50 },
      ],
      staleAfter: 300_000,
      every: 60_000,
      hysteresis: 0,
      smoothing: 0,
    });
  });

  it('in both spellings, and with the details beside the feelings', () => {
    const details = {
      Namespace: 'AWS/RDS',
      Period: 120,
      Statistics: ['Average'],
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'db' }],
    };
    const feelings = { 3: '50', 4: 25.5 };
    const metrics = define({
      a: { details: { ...details, MetricName: 'CPUUtilization' }, feelings, feeling_comparison_operator: '<=' },
      b: { details: { ...details, Name: 'CPUUtilization' }, feelings, feeling_comparison_operator: '__le__' },
      c: { ...details, Name: 'CPUUtilization', feelings, feeling_comparison_operator: 'le' },
    });
    for (const metric of metrics) assert.deepEqual({ ...metric, name: 'a' }, metrics[0]);
    assert.deepEqual(metrics[0]?.query, { ...details, MetricName: 'CPUUtilization' });
    assert.equal(metrics[0]?.every, 120_000);
    assert.equal(metrics[0]?.staleAfter, 600_000);
  });

  it('with rules of ours beside them', () => {
    const [metric] = define({
      a: {
        details: { Name: 'x' },
        feelings: { 4: 1 },
        feeling_comparison_operator: 'gt',
        onMissing: 'Bad',
        hysteresis: 5_000,
        every: 30_000,
      },
    });
    assert.deepEqual([metric?.onMissing, metric?.hysteresis, metric?.every], [Health.Bad, 5_000, 30_000]);
  });

  it('what sosw finds out as it runs, or never, is refused', () => {
    const entry = (feelings: unknown, feeling_comparison_operator: unknown = 'le', details: unknown = { Name: 'x' }) => ({
      a: { details, feelings, feeling_comparison_operator },
    });
    assert.match(refused(entry({ 1: 40, 3: 50, 4: 25 })).join(), /^a\.feelings: Poor "<= 40" is never met, since Good has "<= 50"/);
    assert.match(refused(entry({ 4: 25 }, 'less')).join(), /^a\.feeling_comparison_operator: is "less"; give one of lt, <, le, <=,/);
    assert.match(refused(entry({ 4: 25 }, null)).join(), /^a\.feeling_comparison_operator: is null/);
    assert.match(refused(entry({ 4: 'x' })).join(), /^a\.feelings\.4: is "x"; give a number$/);
    assert.match(refused(entry({ 5: 1 })).join(), /^a\.feelings\.5: is not known here/);
    assert.match(refused(entry({})).join(), /^a\.feelings: has no level/);
    assert.match(refused(entry({ 0: 5 })).join(), /^a\.feelings: has no level but 0/);
    assert.match(refused(entry({ 4: 25 }, 'le', 'cpu')).join(), /^a\.details: is "cpu"; give an object/);
    assert.match(refused(entry({ 4: 25 }, 'le', { Name: 'x', MetricName: 'y' })).join(), /^a\.details: has a Name and another MetricName/);
    assert.match(refused({ a: { ...entry({ 4: 25 }).a, Period: 60 } }).join(), /^a: has details, and Period beside them/);
  });
});
