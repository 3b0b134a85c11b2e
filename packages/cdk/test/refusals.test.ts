import { ReeveError } from '@reeve/core';
import { describe, expect, it } from 'vitest';
import type { ReeveProps } from '../src/index.ts';
import { deployed, worker } from './fixtures/stack.ts';

const target = 'arn:aws:lambda:eu-west-1:123456789012:function:thumb';
const usual = { target, maxSimultaneousInvocations: 1 };
const said = (props: Partial<ReeveProps> | ((stack: Parameters<typeof worker>[0]) => Partial<ReeveProps>)): string => {
  try {
    deployed((stack) => ({ labourers: { mill: usual }, ...(typeof props === 'function' ? props(stack) : props) }));
  } catch (error) {
    if (ReeveError.is(error)) return error.message;
    throw error;
  }
  return 'nothing';
};

describe('what cannot be deployed is refused while the stack is synthesized', () => {
  it('with everything that is wrong at once', () => {
    const text = said((stack) => ({
      labourers: { a: { ...usual, function: worker(stack) }, b: { maxSimultaneousInvocations: 1 }, c: { ...usual, target: 'thumb' } },
    }));
    expect(text).toContain('labourers.a: has a function and a target; leave one of them out');
    expect(text).toContain('labourers.b: has nothing to invoke; give function, or target with the ARN of one');
    expect(text).toContain('labourers.c.target: is "thumb", and not the ARN of a function');
    expect(text).toContain('[INVALID_DEPLOYMENT]');
  });

  it('such as what JSON would lose without a word', () => {
    const text = said({
      labourers: { mill: { ...usual, retry: { kind: 'exponential', on: [{ match: /time/, policy: 'dead' }] } } },
      settings: { schedules: { nightly: { at: new Date(0) } } },
    });
    expect(text).toContain('labourers.mill.retry.on.0.match: is a RegExp, which a configuration cannot carry');
    expect(text).toContain('settings.schedules.nightly.at: is a Date');
    expect(said({ labourers: { mill: { ...usual, retry: () => 5 } } })).toContain('labourers.mill.retry: is a function');
    expect(said({ labourers: { mill: { ...usual, maxAttempts: Number.NaN } } })).toContain('labourers.mill.maxAttempts: is NaN');
  });

  it('such as a labourer that no handler would start with', () => {
    expect(said({ labourers: { mill: { ...usual, maxSimultaneousInvocations: 0 } } })).toMatch(
      /labourers\.mill\.maxSimultaneousInvocations.*INVALID_LABOURERS/s,
    );
    expect(said({ labourers: {} })).toContain('INVALID_LABOURERS');
  });

  it('such as a labourer that no parameter holds', () => {
    const query = { expression: 'x'.repeat(9_000) };
    const metrics = { cpu: { source: 'cloudwatch', query, levels: { High: '<= 25' } } };
    expect(said({ labourers: { mill: { ...usual, health: { metrics } } } })).toContain('labourers.mill: is longer than the 8192 bytes');
  });

  it('such as a module that is not there', () => {
    expect(said({ code: undefined as never, entry: 'src/nowhere.ts' })).toContain('entry: is "src/nowhere.ts", and there is no such file');
    expect(said({ entry: 'src/reeve.ts' })).toContain('entry: is given beside code');
  });
});
