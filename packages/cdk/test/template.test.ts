import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { deployed, usual } from './fixtures/stack.ts';
import { named, ofType, one, textIn } from './fixtures/template.ts';
import { waitingForItself } from './fixtures/waits.ts';

const { template } = deployed((stack) => ({
  ...usual(stack),
  rules: { nightly: { schedule: Schedule.cron({ minute: '0', hour: '3' }), job: { lambda_name: 'thumbnails', period: 'yesterday' } } },
  alarms: { topic: new Topic(stack, 'Alarms'), waited: Duration.minutes(10) },
}));
const functions = ofType(template, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('Reeve'));

describe('the template', () => {
  it('can be made: no resource waits for itself', () => {
    expect(waitingForItself(template)).toEqual([]);
  });

  it('has four functions, each with a role and a log of its own', () => {
    expect(functions).toHaveLength(4);
    for (const name of ['Role', 'LoggingConfig']) {
      expect(new Set(functions.map(([, { Properties }]) => JSON.stringify(Properties[name]))).size).toBe(4);
    }
    expect(functions.map(([, { Properties }]) => Properties['Architectures'])).toEqual(functions.map(() => ['arm64']));
    for (const [, { Properties }] of ofType(template, 'AWS::Logs::LogGroup')) expect(Properties['RetentionInDays']).toBe(30);
  });

  it('has Lambda run nothing again that the next minute does, and reports and jobs again', () => {
    const retries = ofType(template, 'AWS::Lambda::EventInvokeConfig').map(([id, { Properties }]) => [
      id.replace(/^(?:ReeveWorks)?([A-Z][a-z]+).*$/, '$1'),
      Properties['MaximumRetryAttempts'],
    ]);
    expect(Object.fromEntries(retries)).toEqual({ Orchestrator: 0, Scavenger: 0, Scheduler: 2, Assistant: 2, Thumb: 0 });
  });

  it('starts three of them every minute, and jobs at their times', () => {
    const rules = ofType(template, 'AWS::Events::Rule').map(([, { Properties }]) => [
      textIn(Properties['ScheduleExpression']),
      named(Properties['Targets']).map((id) => id.replace(/^ReeveWorks([A-Z][a-z]+).*$/, '$1'))[0],
    ]);
    expect(rules.sort(([a, b], [c, d]) => `${a} ${b}`.localeCompare(`${c} ${d}`))).toEqual([
      ['cron(0 3 * * ? *)', 'Scheduler'],
      ['rate(1 minute)', 'Orchestrator'],
      ['rate(1 minute)', 'Scavenger'],
      ['rate(1 minute)', 'Scheduler'],
    ]);
    const [target] = one(template, 'AWS::Events::Rule', 'ReeveRulenightly').Properties['Targets'] as readonly Record<string, object>[];
    expect(target?.['InputTransformer']).toMatchObject({
      InputPathsMap: { id: '$.id' },
      InputTemplate: '{"job":{"lambda_name":"thumbnails","period":"yesterday"},"run":<id>}',
    });
  });

  it('keeps one table of its own, with its backups, when the stack goes', () => {
    const [[, table] = [], ...others] = ofType(template, 'AWS::DynamoDB::Table');
    expect(others).toEqual([]);
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      },
    });
  });

  it('tells a topic of what a person should hear of', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => {
      expect(named(Properties['AlarmActions'])).toEqual([expect.stringMatching(/^Alarms/)]);
      return id.replace(/^ReeveAlarms([A-Za-z]+?)[0-9A-F]{8}$/, '$1');
    });
    expect(alarms.sort()).toEqual(
      [
        ...['Assistant', 'Orchestrator', 'Scavenger', 'Scheduler'].flatMap((name) => [`${name}Errors`, `${name}Throttles`]),
        'DeadTasks',
        'LongWaits',
        'OrchestratorSilent',
        'ScavengerSilent',
      ].sort(),
    );
  });

  it('counts dead tasks where the functions write them', () => {
    const { Metrics } = one(template, 'AWS::CloudWatch::Alarm', 'ReeveAlarmsDeadTasks').Properties;
    const config = JSON.stringify(one(template, 'AWS::Lambda::Function', 'ReeveWorksAssistant').Properties['Environment']);
    expect(JSON.stringify(Metrics)).toContain('"Namespace":"Reeve/Shop"');
    expect(config).toContain(String.raw`\"namespace\":\"Reeve/Shop\"`);
    expect(JSON.stringify(Metrics)).toContain('{"Name":"Handler","Value":"assistant"}');
  });
});
