import assert from 'node:assert/strict';
import { DAY, defineLabourers, Health, type Labourer, type LabourerDefinition, MINUTE, SECOND } from '@reeve/core';
import { describe, it } from 'vitest';

const one = (definition: Partial<LabourerDefinition> = {}): Labourer => {
  const [labourer] = defineLabourers({ a: { maxSimultaneousInvocations: 10, ...definition } });
  assert.ok(labourer);
  return labourer;
};

const isThawed = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (!Object.isFrozen(value) || Object.values(value).some(isThawed));

describe('defineLabourers', () => {
  it('fills in the defaults', () => {
    assert.deepEqual(one(), {
      id: 'a',
      target: 'a',
      cap: 10,
      lease: { duration: 15 * MINUTE, cooldown: 5 * MINUTE },
      maxAttempts: 3,
      retry: { kind: 'exponential', base: SECOND, limit: 5 * MINUTE },
      health: { coefficients: { 0: 0, 1: 0, 2: 0.5, 3: 0.75, 4: 1 }, onMissing: 'hold' },
      options: {},
    });
  });

  it('keeps what is given, in the order in which it is given', () => {
    const full: LabourerDefinition = {
      target: 'arn:aws:lambda:eu-west-1:123456789012:function:thumb',
      maxSimultaneousInvocations: 1_000_000,
      lease: { duration: 1, cooldown: 0 },
      maxAttempts: 1_000,
      retry: { kind: 'exponential', base: 5, limit: 50 },
      health: { coefficients: { Good: 0.5 }, onMissing: 'Bad' },
      options: { message: 'sosw' },
    };
    const [b, a] = defineLabourers({ b: full, a: { maxSimultaneousInvocations: 1 } });
    assert.equal(a?.id, 'a');
    assert.deepEqual(b, {
      id: 'b',
      target: full.target,
      cap: 1_000_000,
      lease: { duration: 1, cooldown: 0 },
      maxAttempts: 1_000,
      retry: { kind: 'exponential', base: 5, limit: 50 },
      health: { coefficients: { 0: 0, 1: 0, 2: 0.5, 3: 0.5, 4: 1 }, onMissing: Health.Bad },
      options: { message: 'sosw' },
    });
  });

  it('a linear policy steps by the lease as in sosw, or as it says', () => {
    const lease = { duration: 60_000 };
    assert.deepEqual(one({ lease, retry: { kind: 'linear' } }).retry, { kind: 'linear', step: 60_000, limit: 7 * DAY });
    assert.deepEqual(one({ lease, retry: { kind: 'linear', step: 5, limit: 9 } }).retry, { kind: 'linear', step: 5, limit: 9 });
  });

  it('coefficients by name or number, as numbers or as the texts of a sosw configuration', () => {
    const { coefficients } = one({ health: { coefficients: { '1': '0.25', Moderate: '.5', 3: 1, High: 0 } } }).health;
    assert.deepEqual(coefficients, { 0: 0, 1: 0.25, 2: 0.5, 3: 1, 4: 0 });
  });

  it('onMissing by name, number or text of a number', () => {
    for (const onMissing of ['Moderate', 2, '2'] as const) assert.equal(one({ health: { onMissing } }).health.onMissing, Health.Moderate);
    assert.equal(one({ health: { onMissing: 0 } }).health.onMissing, Health.Bad);
  });

  it('takes the same as JSON text', () => {
    assert.deepEqual(defineLabourers('{"a":{"maxSimultaneousInvocations":10}}'), [one()]);
  });

  it('nobody can change the result, nor through what was given', () => {
    const tags = [{ name: 'x' }];
    const labourers = defineLabourers({ a: { maxSimultaneousInvocations: 1, retry: { kind: 'linear' }, options: { deep: { tags } } } });
    assert.equal(isThawed(labourers), false);
    tags[0] = { name: 'changed' };
    assert.deepEqual(labourers[0]?.options, { deep: { tags: [{ name: 'x' }] } });
  });

  it('an instance or a function among the options is the caller’s own: taken as it is, and not frozen', () => {
    class Client {
      calls: number = 0;
    }
    const client = new Client();
    const call = () => 1;
    assert.deepEqual(one({ options: { client, call } }).options, { client, call });
    assert.equal(one({ options: { client } }).options['client'], client);
    client.calls += 1;
  });

  it('options that go round in a circle', () => {
    const options: Record<string, unknown> = { a: 1 };
    options['self'] = options;
    const copy = one({ options }).options;
    assert.equal(copy['self'], copy);
  });

  it('names that are dangerous as keys are names like any other', () => {
    const own = '{"maxSimultaneousInvocations":1,"options":{"__proto__":{"admin":true}}}';
    const labourers = defineLabourers(`{"__proto__":${own},"constructor":${own},"toString":${own}}`);
    assert.deepEqual(
      labourers.map(({ id, target }) => [id, target]),
      [
        ['__proto__', '__proto__'],
        ['constructor', 'constructor'],
        ['toString', 'toString'],
      ],
    );
    assert.equal('admin' in (labourers[0]?.options ?? {}), false);
    assert.deepEqual(Object.keys(labourers[0]?.options ?? {}), ['__proto__']);
    assert.equal('admin' in {}, false);
  });
});
