import assert from 'node:assert/strict';
import { type JobRules, type Json, planJob } from '@reeve/core';
import { faultOf } from '../decide/faults.ts';

/** Monday 2026-11-23, noon of UTC. */
export const NOON: number = Date.UTC(2026, 10, 23, 12);

export const rules = (more: Partial<JobRules> = {}): JobRules => ({
  labourers: ['w0'],
  job_schema: { chunkable_attrs: ['section', 'store', 'product'] },
  now: NOON,
  ...more,
});

export const job = (members: object): object => ({ lambda_name: 'w0', ...members });

export const payloads = (event: unknown, more?: Partial<JobRules>): readonly Json[] =>
  [...planJob(event, rules(more)).tasks()].map(({ payload }) => JSON.parse(payload) as Json);

export const texts = (event: unknown, more?: Partial<JobRules>): readonly string[] =>
  [...planJob(event, rules(more)).tasks()].map(({ payload }) => payload);

/** The lines of the fault that a job ends in, the headline apart. */
export const problems = (event: unknown, more?: Partial<JobRules>): readonly string[] => {
  const { message } = faultOf(() => planJob(event, rules(more)), 'input', 'INVALID_JOB');
  const [headline, ...lines] = message.replace(' [INVALID_JOB]', '').split('\n');
  assert.match(headline ?? '', /job cannot/);
  return lines.map((line) => line.trim());
};
