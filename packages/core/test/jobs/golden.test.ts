import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type JobRules, planJob, ReeveError, taskIdOf } from '@reeve/core';
import { describe, it } from 'vitest';
import { decodeTree } from '../../src/decide/jobs/decode-tree.ts';
import { textOf } from '../../src/decide/jobs/tree.ts';

interface Recorded {
  readonly error?: string;
  readonly tasks?: readonly { readonly labourer_id: string; readonly payload_json: string }[];
}
type Version = '0.7.31' | '0.7.47';
interface Case {
  readonly name: string;
  readonly schema: readonly string[] | object;
  readonly event: unknown;
  readonly both?: Recorded;
  readonly '0.7.31'?: Recorded;
  readonly '0.7.47'?: Recorded;
}

const golden = JSON.parse(readFileSync(new URL('golden/scheduler-0.7.json', import.meta.url), 'utf8')) as {
  readonly today: string;
  readonly labourers: readonly string[];
  readonly cases: readonly Case[];
};

/** Where sosw is wrong on purpose of nobody: what it does, and what is done here. */
const DEVIATIONS: ReadonlyMap<string, string> = new Map([
  ['period last_3_days_and_more (edge)', 'sosw reads the beginning of a period alone; refused'],
  ['period last_weekend (edge)', 'sosw takes it for last_week; refused'],
  ['isolate_sections: empty dict', 'sosw makes no task and says nothing; refused'],
  ['isolate_sections: list of an empty dict', 'sosw makes no task and says nothing; refused'],
]);

const rulesOf = ({ schema }: Case, sosw: Version): JobRules => ({
  labourers: golden.labourers,
  job_schema: (Array.isArray(schema) ? { chunkable_attrs: schema.map((name) => [name, {}] as const) } : schema) as never,
  now: Date.parse(`${golden.today}T12:00:00Z`),
  sosw,
});

const made = (event: unknown, rules: JobRules): readonly string[] | 'refused' => {
  try {
    return [...planJob(event, rules).tasks()].map(({ labourer, payload }) => `${labourer} ${payload}`);
  } catch (error) {
    assert.ok(ReeveError.is(error, 'INVALID_JOB'), String(error));
    return 'refused';
  }
};

const recorded = ({ tasks }: Recorded): readonly string[] | 'refused' =>
  tasks ? tasks.map(({ labourer_id, payload_json }) => `${labourer_id} ${textOf(decodeTree(payload_json, 64))}`) : 'refused';

describe('the tasks that sosw makes of a job', () => {
  it('are 60 recordings, all of them looked at', () => {
    assert.equal(golden.cases.length, 60);
    for (const name of DEVIATIONS.keys())
      assert.ok(
        golden.cases.some((each) => each.name === name),
        name,
      );
  });

  for (const version of ['0.7.31', '0.7.47'] as const) {
    it.each(golden.cases.map((each) => [each.name, each] as const))(`${version}: %s`, (name, each) => {
      const expected = each.both ?? each[version];
      assert.ok(expected);
      const rules = rulesOf(each, version);
      // As text it must come to the same as the object, and so must the ids.
      const text = JSON.stringify(each.event);
      assert.deepEqual(made(text, rules), made(each.event, rules));
      if (!DEVIATIONS.has(name)) assert.deepEqual(made(each.event, rules), recorded(expected));
      else {
        assert.equal(made(each.event, rules), 'refused');
        assert.ok(expected.tasks, 'sosw refuses it too: no deviation');
      }
    });

    it(`${version}: have an id each, a value that comes twice included`, () => {
      for (const each of golden.cases) {
        if (made(each.event, rulesOf(each, version)) === 'refused') continue;
        const ids = [...planJob(each.event, rulesOf(each, version)).tasks()].map((task) => taskIdOf('run', task));
        assert.equal(new Set(ids).size, ids.length, each.name);
      }
    });
  }
});
