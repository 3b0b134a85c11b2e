import { describe, expect, it } from 'vitest';
import type { LabourersProps } from '../src/index.ts';
import { lengthOf } from '../src/length-of.ts';
import { partsOf } from '../src/parts-of.ts';
import { deployed, usual, worker } from './fixtures/stack.ts';
import { named, ofType, one, statementsOf, type Template, textIn, type Values } from './fixtures/template.ts';
import { type Resolver, resolverOf } from './flow/resolve.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:reports';
const many = (count: number): LabourersProps =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`reports-${n}`, { target: `${ARN}-${n}`, maxSimultaneousInvocations: n + 1 }]),
  );
const environment = (template: Template, name: string): Values =>
  (one(template, 'AWS::Lambda::Function', `ReeveWorks${name}`).Properties['Environment'] as { readonly Variables: Values }).Variables;

describe('a configuration', () => {
  const { template } = deployed(usual);
  const text = (name: string): string => resolverOf(template, '').text(environment(template, name)['REEVE_CONFIG']);

  it('is in the environment, where there is room for it', () => {
    expect(JSON.parse(text('Orchestrator'))).toMatchObject({
      labourers: { thumbnails: { maxSimultaneousInvocations: 10, target: expect.stringMatching(/:function:Thumb/) } },
      store: { layout: 'native', atStart: 'trust' },
      lambda: { metrics: { namespace: 'Reeve/Shop' } },
    });
    expect(ofType(template, 'AWS::SSM::Parameter')).toEqual([]);
  });

  it('tells only the orchestrator what to invoke', () => {
    for (const name of ['Scavenger', 'Scheduler', 'Assistant']) {
      expect(JSON.parse(text(name)).labourers).toEqual({ thumbnails: { maxSimultaneousInvocations: 10 } });
    }
  });

  it('stays below what Lambda takes, if a little less than that is in the environment', () => {
    const { template: full } = deployed(() => ({ labourers: many(20) }));
    const variables = environment(full, 'Orchestrator');
    expect(variables['REEVE_CONFIG']).toBeDefined();
    expect(lengthOf(variables['REEVE_CONFIG'])).toBeLessThan(3_100);
  });
});

describe('a configuration that is longer than an environment', () => {
  const { template } = deployed((stack) => ({
    labourers: { ...many(60), thumbnails: { function: worker(stack), maxSimultaneousInvocations: 1 } },
  }));
  const parameters = ofType(template, 'AWS::SSM::Parameter');
  const resolver: Resolver = resolverOf(template, '');
  const below = (path: string): readonly Values[] =>
    parameters.filter(([, { Properties }]) => textIn(Properties['Name']).startsWith(`${path}/`)).map(([, { Properties }]) => Properties);

  it('is in parameters, each of which holds what it is given', () => {
    expect(parameters.length).toBeGreaterThan(2);
    for (const [, { Properties }] of parameters) {
      expect(resolver.text(Properties['Value']).length).toBeLessThanOrEqual(4_096);
      expect(Properties['Tier']).toBe('Standard');
    }
  });

  it('is the same, put together', () => {
    const path = resolver.text(environment(template, 'Orchestrator')['REEVE_CONFIG_PATH']);
    const whole: { labourers?: Record<string, { readonly target: string }>; store?: object } = {};
    for (const { Value } of below(path)) {
      const part = JSON.parse(resolver.text(Value)) as typeof whole;
      Object.assign(whole, { ...part, labourers: { ...whole.labourers, ...part.labourers } });
    }
    expect(Object.keys(whole.labourers ?? {})).toHaveLength(61);
    expect(whole.labourers?.['reports-59']?.target).toBe(`${ARN}-59`);
    expect(whole.store).toMatchObject({ layout: 'native' });
  });

  it('is read by each function below its own path, and nowhere else', () => {
    for (const name of ['Orchestrator', 'Scavenger', 'Scheduler', 'Assistant']) {
      const path = resolver.text(environment(template, name)['REEVE_CONFIG_PATH']);
      const reading = statementsOf(template).filter(({ role, sid }) => role.startsWith(`ReeveWorks${name}`) && sid === 'Configuration');
      expect(reading.map(({ actions, resources }) => [actions, resources.map(resolver.text)])).toEqual([
        [['ssm:GetParametersByPath'], [`arn:aws:ssm:eu-west-1:123456789012:parameter${path}`]],
      ]);
      expect(below(path).length).toBeGreaterThan(0);
    }
    const paths = ['Orchestrator', 'Assistant'].map((name) => resolver.text(environment(template, name)['REEVE_CONFIG_PATH']));
    expect(
      below(paths[1]!)
        .flatMap(({ Value }) => named(Value))
        .filter((id) => id.startsWith('Thumb')),
    ).toEqual([]);
  });

  it('takes a larger parameter for one labourer that needs it', () => {
    const metrics = { cpu: { source: 'cloudwatch', query: { expression: 'x'.repeat(5_000), metrics: {} }, levels: { High: '<= 25' } } };
    const one5k = { target: ARN, maxSimultaneousInvocations: 1, health: { metrics } };
    const { template: large } = deployed(() => ({ labourers: { ...many(30), large: one5k } }));
    expect(ofType(large, 'AWS::SSM::Parameter').filter(([, { Properties }]) => Properties['Tier'] === 'Advanced')).toHaveLength(2);
  });
});

describe('parts', () => {
  it('are as few as there is room for, and lose nothing', () => {
    const whole = { labourers: { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } }, store: { layout: 'native' } };
    const parts = partsOf(whole, (part) => JSON.stringify(part).length, 45);
    expect(parts).toEqual([{ labourers: { a: { n: 1 }, b: { n: 2 } } }, { labourers: { c: { n: 3 } } }, { store: { layout: 'native' } }]);
  });

  it('are counted in bytes, with room for what is known at the deployment only', () => {
    expect(lengthOf('ä')).toBe(2);
    expect(lengthOf({ 'Fn::Join': ['', ['ab', { Ref: 'Thumb' }, 'c']] })).toBe(173);
  });
});
