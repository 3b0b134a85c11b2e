import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { Reeve } from '../src/index.ts';
import { deployed, noCode, worker } from './fixtures/stack.ts';
import { named, ofType, one, statementsOf, templateOf } from './fixtures/template.ts';

const mill = { maxSimultaneousInvocations: 1 };

describe('the functions of labourers', () => {
  it('serve several labourers', () => {
    const { template } = deployed((stack) => {
      const shared = worker(stack);
      return { labourers: { a: { ...mill, function: shared }, b: { ...mill, function: shared } } };
    });
    expect(ofType(template, 'AWS::Lambda::EventInvokeConfig').filter(([id]) => id.startsWith('Thumb'))).toHaveLength(1);
  });

  it('may be aliases, and then it is these that are invoked', () => {
    const { template } = deployed((stack) => ({ labourers: { a: { ...mill, function: worker(stack).addAlias('live') } } }));
    const [labourers] = statementsOf(template).filter(({ sid }) => sid === 'Labourers');
    expect(named(labourers?.resources)).toEqual([expect.stringMatching(/^ThumbAliaslive/)]);
    const { MaximumRetryAttempts, Qualifier } = one(template, 'AWS::Lambda::EventInvokeConfig', 'ThumbAlias').Properties;
    expect(MaximumRetryAttempts).toBe(0);
    expect(named(Qualifier)).toEqual([expect.stringMatching(/^ThumbAliaslive/)]);
  });

  it('are left alone where one says so', () => {
    const { template } = deployed((stack) => ({
      labourers: { a: { ...mill, function: worker(stack), turnOffRetries: false, reports: false } },
    }));
    expect(ofType(template, 'AWS::Lambda::EventInvokeConfig').filter(([id]) => id.startsWith('Thumb'))).toEqual([]);
    expect(statementsOf(template).filter(({ sid }) => sid === 'ReportToReeve')).toEqual([]);
    expect(one(template, 'AWS::Lambda::Function', 'Thumb').Properties['Environment']).toBeUndefined();
  });

  it('may be of another stack, which does not come to depend on this one', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'eu-west-1' };
    const [theirs, ours] = [new Stack(app, 'Theirs', { env }), new Stack(app, 'Ours', { env })];
    new Reeve(ours, 'Reeve', { code: noCode, labourers: { a: { ...mill, function: worker(theirs) } } });
    expect(JSON.stringify(templateOf(theirs))).not.toContain('Fn::ImportValue');
    const [report] = ofType(templateOf(ours), 'AWS::IAM::Policy').filter(([id]) => id.startsWith('ReeveReport'));
    expect(JSON.stringify(report?.[1].Properties['Roles'])).toContain('Fn::ImportValue');
    Annotations.fromStack(ours).hasWarning('*', Match.stringLikeRegexp('labourer a: .* not of this stack; set REEVE_ASSISTANT'));
  });

  it('that take longer than their lease are told of', () => {
    const { stack } = deployed((own) => ({
      labourers: {
        a: {
          ...mill,
          lease: { duration: 30_000 },
          function: new LambdaFunction(own, 'Slow', {
            runtime: Runtime.NODEJS_22_X,
            handler: 'index.handler',
            code: noCode(),
            timeout: Duration.minutes(1),
          }),
        },
      },
    }));
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('labourer a: its function may take 60000 ms and its lease 30000 ms'),
    );
  });
});
