import assert from 'node:assert/strict';
import type { JobRules } from '@reeve/core';
import { describe, it } from 'vitest';
import { job, problems, rules } from './rig.ts';

const one = (event: unknown, path: string, words: RegExp, more?: Partial<JobRules>): void => {
  const lines = problems(event, more);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.ok(lines[0]?.startsWith(`${path}: `), `${lines[0]} does not begin with ${path}`);
  assert.match(lines[0] ?? '', words);
};

describe('planJob refuses, with the path,', () => {
  it('what is no job', () => {
    one('bad', 'job', /not JSON/);
    one({ job: 'bad' }, 'job', /not JSON/);
    one('[1]', 'event', /no object/);
    one({ job: [] }, 'job', /no object/);
    one(undefined, 'job', /undefined/);
    one({ lambda_name: 'w0', x: Number.NaN }, 'job.x', /NaN/);
    one({ lambda_name: 'w0', sections: new Map() }, 'job.sections', /Map/);
    one({ job: { lambda_name: 'w0', x: 1n } }, 'event.job.x', /BigInt/);
    one('{"lambda_name":"w0","x":"\\u0000"}', 'job', /NUL/);
  });

  it('a cycle', () => {
    const sections: Record<string, unknown> = {};
    sections['a'] = { stores: sections };
    one(job({ sections }), 'job.sections.a.stores', /a cycle/);
  });

  it('more levels than allowed, as object and as text', () => {
    const event = job({ x: [[[[1]]]] });
    one(event, 'job', /more than 4 levels/, { limits: { maxDepth: 4 } });
    one(JSON.stringify(event), 'job', /more than 4 levels/, { limits: { maxDepth: 4 } });
    one(`{"lambda_name":"w0","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'job', /more than 64 levels/);
  });

  it('a labourer that is missing, no text, or unknown', () => {
    one({}, 'job.lambda_name', /is missing/);
    one({ lambda_name: 7 }, 'job.lambda_name', /is no text/);
    one({ lambda_name: 'arn:aws:lambda:us-west-2:000000000000:function:w1' }, 'job.lambda_name', /known are w0/);
  });

  it('a period that there is not, or that has no day', () => {
    for (const period of ['last_x_days', 'last_-1_days', 'last_3_day', 'last_weekend', ' today', 'today\n'])
      one(job({ period }), 'job.period', /no period; known are today, yesterday/);
    one(job({ period: 'last_0_days' }), 'job.period', /has no day/);
    one(job({ period: 'last_99999999_days' }), 'job.period', /at most 36600/);
    one(job({ period: 7 }), 'job.period', /is no text/);
  });

  it('a zone that there is not, and a day in a zone of its own', () => {
    for (const timeZone of ['Mars/Base', '+02:00', '']) one(job({ period: 'today' }), 'timeZone', /IANA/, { timeZone });
    one(job({ period: 'today', date_list: ['2026-11-22', '2026-11-23T01:00:00+02:00'] }), 'job.date_list[1]', /zone of its own/);
  });

  it('answers of a period of ones own that are no days', () => {
    const answers = (answer: unknown): Partial<JobRules> => ({ periods: { 'my_[0-9]+': () => answer as never } });
    for (const answer of [['2026-02-30'], ['2026-11-23T00:00:00Z'], [7], 'today', undefined])
      one(job({ period: 'my_1' }), 'periods["my_[0-9]+"]', /list of days/, answers(answer));
    one(job({ period: 'x' }), 'periods["("]', /regular expression/, { periods: { '(': () => [] } });
  });

  it('values of two kinds in one list, and what is neither null nor an object in a dictionary', () => {
    one(job({ isolate_sections: true, sections: ['a', { b: null }] }), 'job.sections[1]', /in this list/);
    one(job({ isolate_sections: true, sections: [{ b: null }, 'a'] }), 'job.sections[1]', /in this list/);
    one(job({ isolate_sections: true, sections: ['a', null] }), 'job.sections[1]', /in this list/);
    one(job({ isolate_sections: true, sections: [['a']] }), 'job.sections[0]', /in this list/);
    one(
      job({ isolate_stores: true, sections: { 'a b': { stores: { x: ['y'], z: {} } } } }),
      'job.sections["a b"].stores.x',
      /neither null/,
    );
  });

  it('what no task would come of', () => {
    for (const sections of [{}, [], '', 0, false]) one(job({ isolate_sections: true, sections }), 'job.sections', /is empty/);
    one(job({ isolate_sections: true, sections: [{ a: null }, {}] }), 'job.sections[1]', /is empty/);
    one(job({ isolate_sections: true }), 'job', /has no sections/);
    one(job({ sections: { a: { isolate_stores: true } } }), 'job.sections.a', /has no stores/);
  });

  it('a flat list where nothing says how to chunk it', () => {
    one(job({ sections: ['a', 'b'] }), 'job.sections', /add isolate_sections/);
  });

  it('a batch of no size', () => {
    for (const size of ['x', 1.5, -1, true, null, []])
      one(job({ isolate_sections: true, sections: ['a'], max_sections_per_batch: size }), 'job.max_sections_per_batch', /whole number/);
    for (const size of [0, '0', false])
      one(job({ isolate_sections: true, sections: ['a'], max_sections_per_batch: size }), 'job.sections', /batches of 0/);
  });

  it('members that a task has of its own', () => {
    one(job({ attempts: 3 }), 'job.attempts', /of its own/);
    one(job({ labourer_id: 'other' }), 'job.labourer_id', /leave it out/);
    one(job({ file_name: 'x' }), 'job.file_name', /queue file/);
    one(job({ payload: '[1]' }), 'job.payload', /else than an object/);
    one(job({ isolate_sections: true, sections: { a: { self: 1 } } }), 'job.sections.a.self', /name it otherwise/);
  });

  it('a schema that cannot be', () => {
    const of = (...chunkable_attrs: unknown[]): Partial<JobRules> => ({ job_schema: { chunkable_attrs } as never });
    one(job({}), 'job_schema.chunkable_attrs[1]', /ends in s/, of('section', ['stores', {}]));
    one(job({}), 'job_schema.chunkable_attrs[2]', /a circle/, of('section', 'store', 'section'));
    one(job({}), 'job_schema.chunkable_attrs[0]', /no name/, of(7));
    one(job({}), 'job_schema.chunkable_attrs', /is missing/, { job_schema: {} as never });
    one(job({ job_schema_name: 'x' }), 'job.job_schema_name', /known are y/, { job_schema_variants: { y: { chunkable_attrs: [] } } });
  });

  it('too many tasks and too long payloads, with the number there would have been', () => {
    const sections = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`s${n}`, null]));
    const event = job({ isolate_sections: true, sections, period: 'last_3_days', isolate_days: true });
    one(event, 'job', /150 tasks, more than the 149 allowed/, { limits: { maxTasks: 149 } });
    one(job({ x: 'y'.repeat(100) }), 'job', /108 bytes, more than the 107 allowed/, { limits: { maxPayloadBytes: 107 } });
    one(job({}), 'limits.maxTasks', /whole number/, { limits: { maxTasks: 0 } });
  });

  it('rules that are none', () => {
    one(job({}), 'now', /whole number/, { now: Number.NaN });
    one(job({}), 'sosw', /give one of 0.7.31, 0.7.47/, { sosw: '3.0' as never });
    one(job({}), 'lonePeriod', /give one of/, { lonePeriod: 'x' as never });
  });

  it('many faults at once, each with its own line, and no more than can be read', () => {
    const sections = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`s${n}`, 'x']));
    const lines = problems(job({ isolate_sections: true, sections }), rules());
    assert.equal(lines.length, 21);
    assert.equal(lines[20], 'and 10 more');
  });
});
