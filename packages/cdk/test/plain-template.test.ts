import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plainTemplate } from '../src/plain-template.ts';
import { type Resource, statementsOf, type Template } from './fixtures/template.ts';
import { waitingForItself } from './fixtures/waits.ts';

const written = readFileSync(new URL('../cloudformation/reeve.json', import.meta.url), 'utf8');
const template = JSON.parse(written) as Template & { readonly Outputs: object };

describe('the plain template', () => {
  it('is what the construct makes now: node packages/cdk/scripts/template.mjs --write', () => {
    expect(JSON.parse(JSON.stringify(plainTemplate()))).toEqual(template);
  });

  it('needs nothing of CDK: no bucket, no version, no metadata', () => {
    expect(written).not.toMatch(/cdk|bootstrap/i);
    expect(Object.keys(template.Parameters ?? {})).toEqual([
      'CodeBucket',
      'CodePrefix',
      'Labourers',
      'WorkerFunctions',
      'MetricsRegion',
      'DeadTasksTopic',
      'AlarmTopic',
      'AssistantName',
    ]);
  });

  it('has names that a person would give', () => {
    expect(Object.keys(template.Resources).filter((id) => /[0-9A-F]{8}$/.test(id))).toEqual([]);
  });

  it('can be made', () => {
    expect(waitingForItself(template)).toEqual([]);
  });

  it('allows what is named, but for GetMetricData, of one region', () => {
    const wide = statementsOf(template).filter(({ actions, resources }) => JSON.stringify([actions, resources]).includes('*'));
    expect(wide).toMatchObject([
      {
        actions: ['cloudwatch:GetMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': [{ Ref: 'MetricsRegion' }] } },
      },
    ]);
    const labourers = statementsOf(template).filter(({ sid }) => sid === 'Labourers');
    expect(labourers).toMatchObject([{ role: 'OrchestratorRole', resources: [{ Ref: 'WorkerFunctions' }] }]);
  });

  it('keeps the table when the stack goes', () => {
    const { Tasks } = template.Resources as { readonly Tasks: Resource };
    expect(Tasks).toMatchObject({ DeletionPolicy: 'Retain', Properties: { DeletionProtectionEnabled: true } });
  });
});
