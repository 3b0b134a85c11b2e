import assert from 'node:assert/strict';
import { jobIdOf, planJob, taskIdOf } from '@reeve/core';
import { describe, it } from 'vitest';
import { job, payloads, rules, texts } from './rig.ts';

describe('planJob', () => {
  it('takes an object, its text, and either as the member job', () => {
    const event = job({ isolate_sections: true, sections: ['a', 'b'] });
    const text = JSON.stringify(event);
    for (const form of [text, { job: event }, { job: text, lambda_name: 'ignored' }, JSON.stringify({ job: text })])
      assert.deepEqual(payloads(form), payloads(event));
  });

  it('takes the name of a labourer or the ARN of its Lambda, of any partition, with version or without', () => {
    for (const name of [
      'w0',
      'function:w0',
      '000000000000:function:w0',
      'arn:aws:lambda:eu-west-1:000000000000:function:w0',
      'arn:aws-cn:lambda:cn-north-1:000000000000:function:w0:7',
    ])
      assert.equal(planJob({ lambda_name: name }, rules()).labourer, 'w0');
  });

  it('takes the schema that the job names, the default one, or the one outside the variants', () => {
    const event = (name?: string): object =>
      job({ isolate_words: true, words: ['a', 'b'], ...(name !== undefined && { job_schema_name: name }) });
    const words = { chunkable_attrs: [['word', {}]] as const };
    const none = { chunkable_attrs: [] };
    assert.equal(planJob(event('of_words'), rules({ job_schema_variants: { of_words: words, default: none } })).total, 2);
    assert.equal(planJob(event(), rules({ job_schema_variants: { of_words: words, default: none } })).total, 1);
    assert.equal(planJob(event(''), rules({ job_schema_variants: { default: words } })).total, 2);
    assert.equal(planJob(event(), rules({ job_schema: words, job_schema_variants: { x: none } })).total, 2);
  });

  it('keeps every digit of a text, and the order of its keys', () => {
    const text =
      '{"lambda_name":"w0","isolate_sections":true,"price":1.10,"sections":{"10":null,"9007199254740993":null,"2":null},"x":9007199254740993}';
    assert.deepEqual(
      texts(text),
      ['10', '9007199254740993', '2'].map((key) => `{"isolate_sections":true,"price":1.10,"x":9007199254740993,"sections":["${key}"]}`),
    );
    assert.deepEqual(texts('{"lambda_name":"w0","isolate_sections":true,"sections":[9007199254740993,1.0]}', { sosw: '0.7.31' }), [
      '{"sections":[9007199254740993]}',
      '{"sections":[1.0]}',
    ]);
  });

  it('takes a member named __proto__ as any other', () => {
    assert.deepEqual(texts('{"lambda_name":"w0","isolate_sections":1,"sections":{"__proto__":null,"a":null},"__proto__":1}'), [
      '{"isolate_sections":1,"__proto__":1,"sections":["__proto__"]}',
      '{"isolate_sections":1,"__proto__":1,"sections":["a"]}',
    ]);
  });

  it('makes each task once of a singular name, where sosw makes it twice', () => {
    assert.deepEqual(payloads(job({ isolate_sections: true, section: ['a', 'b'] }), { sosw: '0.7.31' }), [
      { sections: ['a'] },
      { sections: ['b'] },
    ]);
    assert.deepEqual(payloads(job({ isolate_section: 1, section: 'a', sections: ['b'] }), { sosw: '0.7.31' }), [
      { isolate_section: 1, sections: ['a'] },
      { isolate_section: 1, sections: ['b'] },
    ]);
  });

  it('keeps what stands beside values that are not chunked, which sosw loses, and leaves out settings, as sosw does', () => {
    const sections = { a: { stores: { x: null, y: null }, currency: 'EUR', isolate_products: false }, b: null };
    assert.deepEqual(payloads(job({ isolate_sections: true, sections }), { sosw: '0.7.31' }), [
      { sections: ['a'], currency: 'EUR', stores: ['x', 'y'] },
      { sections: ['b'] },
    ]);
  });

  it('looks at the level itself, where an attribute is at an outer one too, at which sosw looks and fails', () => {
    const event = job({ isolate_sections: true, stores: 's', sections: { a: null, b: { stores: { x: null } } } });
    assert.deepEqual(payloads(event, { sosw: '0.7.47' }), [
      { isolate_sections: true, stores: 's', sections: ['a'] },
      { isolate_sections: true, stores: ['x'], sections: ['b'] },
    ]);
  });

  it('passes over what is empty if that is wished, as sosw does', () => {
    const sections = { a: { stores: [] }, b: { stores: [{}, { x: null }] }, c: { isolate_stores: true } };
    assert.deepEqual(payloads(job({ isolate_stores: true, sections }), { empty: 'skip' }), [
      { isolate_stores: true, sections: ['b'], stores: ['x'] },
    ]);
    assert.equal(planJob(job({ isolate_sections: true }), rules({ empty: 'skip' })).total, 0);
  });

  it('does not let what stands beside values replace those around', () => {
    const sections = { a: { stores: { x: null }, sections: {} }, b: null };
    assert.deepEqual(payloads(job({ isolate_sections: true, sections }), { sosw: '0.7.31' }), [
      { sections: ['a'], stores: ['x'] },
      { sections: ['b'] },
    ]);
  });

  it('makes a task of a value that has nothing to chunk in it, where sosw makes none', () => {
    const sections = { a: { stores: { x: null, y: null } }, b: { currency: 'EUR' }, c: {}, d: null };
    assert.deepEqual(
      payloads(job({ isolate_stores: true, sections })).map((each) => (each as { sections: unknown }).sections),
      [['a'], ['a'], ['b'], ['c'], ['d']],
    );
  });

  it('lets settings of a level be inherited by those in it, and the outer ones win', () => {
    const sections = { a: { isolate_stores: false, stores: ['x', 'y', 'z'] } };
    assert.equal(planJob(job({ sections, isolate_stores: true }), rules()).total, 3);
    assert.equal(planJob(job({ sections: { a: { stores: ['x', 'y', 'z'] } }, max_stores_per_batch: 2 }), rules()).total, 2);
    assert.equal(planJob(job({ sections: { a: { stores: { x: null } } }, isolate_stores: true }), rules({ sosw: '0.7.31' })).total, 1);
  });

  it('takes the size of a batch from the nearest level that says one', () => {
    const sections = { a: { stores: ['u', 'v', 'w'], max_stores_per_batch: 3 }, b: { stores: ['x', 'y', 'z'] } };
    assert.equal(planJob(job({ isolate_sections: true, max_stores_per_batch: 2, sections }), rules()).total, 3);
  });

  it('unfolds a payload, and what stands beside it wins', () => {
    assert.deepEqual(texts(job({ x: 1, payload: '{"a":1,"x":2}' })), ['{"a":1,"x":1}']);
    assert.deepEqual(texts(job({ x: 1, payload: 'no JSON' })), ['{"payload":"no JSON","x":1}']);
    assert.deepEqual(texts(job({ payload: { a: [1] }, attempts: 0, labourer_id: 'w0' })), ['{"a":[1]}']);
  });

  it('makes no task before it is asked for', () => {
    const sections = Array.from({ length: 200_000 }, (_, n) => n);
    const plan = planJob(job({ isolate_sections: true, sections, period: 'last_5_days', isolate_days: true }), rules());
    assert.equal(plan.total, 1_000_000);
    const tasks = plan.tasks();
    assert.equal(tasks.next().value?.payload, '{"isolate_sections":true,"date_list":["2026-11-18"],"sections":[0]}');
    assert.equal(tasks.next().value?.payload, '{"isolate_sections":true,"date_list":["2026-11-18"],"sections":[1]}');
  });
});

describe('ids', () => {
  const idsOf = (event: unknown, run: string): readonly string[] => {
    const plan = planJob(event, rules());
    return [...plan.tasks()].map((task) => taskIdOf(jobIdOf(plan, run), task));
  };

  it('follow from the run, the job and the content, and are these on every machine', () => {
    const [id, ...others] = idsOf(job({ isolate_sections: true, sections: ['a', 'b'] }), '2026-11-23');
    assert.equal(id, 'task-8SROmOmrtxR-20oe8GjPjVE1dup1PN9p');
    assert.equal(others.length, 1);
    assert.notEqual(id, others[0]);
  });

  it('differ by place where two tasks may have the same payload, which both are made', () => {
    const twice: readonly object[] = [
      { isolate_sections: true, section: 'a', sections: ['a'] },
      { isolate_sections: true, sections: [{ a: null }, { a: null }] },
      { isolate_sections: true, sections: { a: { sections: ['x'] }, b: { sections: ['x'] } } },
      { isolate_sections: true, sections: { a: { date_list: ['x'] } }, period: 'last_2_days', isolate_days: true },
    ];
    for (const members of twice) {
      assert.equal(new Set(payloads(job(members)).map((each) => JSON.stringify(each))).size, 1);
      assert.equal(new Set(idsOf(job(members), 'one')).size, 2);
    }
  });

  it('are others in another run', () => {
    const event = job({ x: 1 });
    assert.deepEqual(idsOf(event, 'one'), idsOf(event, 'one'));
    assert.notDeepEqual(idsOf(event, 'one'), idsOf(event, 'two'));
  });

  it('do not hang on the order of members, nor on how a number is written', () => {
    const ids = idsOf('{"lambda_name":"w0","x":{"a":1.0,"b":[100,0]}}', 'one');
    for (const text of [
      '{"x":{"b":[1e2,-0.0],"a":1},"lambda_name":"w0"}',
      '{ "lambda_name": "arn:aws:lambda:x:0:function:w0", "x": {"b":[100.0,0], "\\u0061":10e-1} }',
    ])
      assert.deepEqual(idsOf(text, 'one'), ids);
  });

  it('tell numbers apart that are one as doubles', () => {
    const of = (x: string): readonly string[] => idsOf(`{"lambda_name":"w0","x":${x}}`, 'one');
    for (const [a, b] of [
      ['9007199254740992', '9007199254740993'],
      ['0.1', '0.10000000000000000001'],
      ['1e400', '1e401'],
      ['1', '-1'],
      ['1', '"1"'],
    ] as const)
      assert.notDeepEqual(of(a), of(b));
  });
});
