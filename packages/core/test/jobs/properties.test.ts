import assert from 'node:assert/strict';
import { type JobPlan, type JobRules, jobIdOf, planJob, ReeveError, taskIdOf } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type ArbitraryJob, arbitraryJob } from './arbitrary-job.ts';
import { NOON, rules } from './rig.ts';

const version = fc.constantFrom('0.7.31' as const, '0.7.47' as const);

const rulesOf = ({ schema }: ArbitraryJob, sosw: NonNullable<JobRules['sosw']>): JobRules =>
  rules({ job_schema: { chunkable_attrs: schema }, sosw });

const leavesIn = (text: string): readonly string[] => text.match(/leaf\d+/g) ?? [];
const payloadsOf = (plan: JobPlan): readonly string[] => [...plan.tasks()].map(({ payload }) => payload);
const idsOf = (plan: JobPlan): readonly string[] => [...plan.tasks()].map((task) => taskIdOf(jobIdOf(plan, 'run'), task));

describe('of any job', () => {
  it('every leaf lands in exactly one task, in the order in which it is written', () => {
    fc.assert(
      fc.property(arbitraryJob, version, (each, sosw) => {
        const plan = planJob(each.event, rulesOf(each, sosw));
        assert.deepEqual(payloadsOf(plan).flatMap(leavesIn), each.leaves);
      }),
      { numRuns: 500 },
    );
  });

  it('every leaf lands in exactly one task of each day', () => {
    fc.assert(
      fc.property(arbitraryJob, version, fc.integer({ min: 1, max: 5 }), (each, sosw, days) => {
        const plan = planJob({ ...each.event, period: `last_${days}_days`, isolate_days: true }, rulesOf(each, sosw));
        assert.deepEqual(payloadsOf(plan).flatMap(leavesIn), Array.from({ length: days }, () => each.leaves).flat());
      }),
      { numRuns: 200 },
    );
  });

  it('what was counted is what is made: how many, and the longest', () => {
    fc.assert(
      fc.property(arbitraryJob, version, fc.boolean(), (each, sosw, isolate_days) => {
        const plan = planJob({ ...each.event, period: 'last_3_days', isolate_days, payload: { ž: ['🐎'] } }, rulesOf(each, sosw));
        const bytes = payloadsOf(plan).map((text) => Buffer.byteLength(text));
        assert.equal(plan.total, bytes.length);
        assert.equal(plan.largest, Math.max(...bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('the same job makes the same tasks and ids, as object and as text, and no two ids are the same', () => {
    fc.assert(
      fc.property(arbitraryJob, version, (each, sosw) => {
        const [one, two] = [each.event, JSON.stringify(each.event, null, 3)].map((event) => planJob(event, rulesOf(each, sosw)));
        assert.ok(one && two);
        assert.deepEqual([...one.tasks()], [...two.tasks()]);
        assert.deepEqual(idsOf(one), idsOf(two));
        assert.deepEqual([...one.tasks()], [...one.tasks()]);
        assert.equal(new Set(idsOf(one)).size, one.total);
      }),
      { numRuns: 200 },
    );
  });

  it('the ids do not hang on the order of the members of the job, but for values', () => {
    fc.assert(
      fc.property(arbitraryJob, version, (each, sosw) => {
        const turned = Object.fromEntries(Object.entries(each.event).reverse());
        assert.deepEqual(idsOf(planJob(each.event, rulesOf(each, sosw))), idsOf(planJob(turned, rulesOf(each, sosw))));
      }),
      { numRuns: 100 },
    );
  });

  it('from any place on they are those that there are from there on', () => {
    fc.assert(
      fc.property(arbitraryJob, version, fc.nat(30), fc.boolean(), (each, sosw, from, isDaily) => {
        const days = isDaily ? { period: 'last_3_days', isolate_days: true } : {};
        const plan = planJob({ ...each.event, ...days }, rulesOf(each, sosw));
        const all = [...plan.tasks()];
        assert.deepEqual([...plan.tasks(from)], all.slice(from));
        assert.equal(all.length, plan.total);
      }),
      { numRuns: 300 },
    );
  });

  it('two plans have one fingerprint if their tasks are the same, in the same order', () => {
    fc.assert(
      fc.property(arbitraryJob, arbitraryJob, version, version, (one, other, first, second) => {
        const [a, b] = [planJob(one.event, rulesOf(one, first)), planJob(other.event, rulesOf(other, second))];
        if (a.fingerprint === b.fingerprint) assert.deepEqual([...a.tasks()], [...b.tasks()]);
        assert.equal(planJob(a.text, rulesOf(one, first)).fingerprint, a.fingerprint);
        const next = { ...rulesOf(one, first), now: NOON + 24 * 3_600_000 };
        const daily = { ...one.event, period: 'today' };
        assert.notEqual(planJob(daily, next).fingerprint, planJob(daily, rulesOf(one, first)).fingerprint);
      }),
      { numRuns: 200 },
    );
  });

  it('a list is cut into whole batches, and what remains', () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 50 }),
        size,
        version,
        (sections, max_sections_per_batch, sosw) => {
          const plan = planJob({ lambda_name: 'w0', sections, max_sections_per_batch }, rules({ sosw }));
          const batches = payloadsOf(plan).map((text) => (JSON.parse(text) as { readonly sections: readonly number[] }).sections);
          assert.deepEqual(batches.flat(), sections);
          for (const [n, batch] of batches.entries()) {
            if (n < batches.length - 1) assert.equal(batch.length, max_sections_per_batch);
            else assert.ok(batch.length >= 1 && batch.length <= max_sections_per_batch);
          }
        },
      ),
    );
  });

  it('values that come twice make a task and an id each', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 1, 1.5), { minLength: 1, maxLength: 9 }), (sections) => {
        const plan = planJob({ lambda_name: 'w0', sections, isolate_sections: true }, rules());
        assert.equal(plan.total, sections.length);
        assert.equal(new Set(idsOf(plan)).size, sections.length);
      }),
    );
  });

  it('whatever it is, it is a plan or INVALID_JOB', () => {
    const names = fc.constantFrom(
      'sections',
      'section',
      'stores',
      'isolate_sections',
      'max_stores_per_batch',
      'period',
      'payload',
      'attempts',
      'x',
    );
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false, 0, 2, '', 'a', 'today'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(names, tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(names, value, { maxKeys: 6 }), version, (members, sosw) => {
        try {
          const plan = planJob({ lambda_name: 'w0', ...members }, rules({ sosw }));
          assert.equal(idsOf(plan).length, plan.total);
          assert.equal(new Set(idsOf(plan)).size, plan.total);
          assert.ok(plan.total > 0);
        } catch (error) {
          if (!ReeveError.is(error, 'INVALID_JOB')) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
