import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { deployed, usual } from './fixtures/stack.ts';
import { named, ofType, one, type Statement, statementsOf, type Template } from './fixtures/template.ts';

const cpu = { source: 'cloudwatch', query: { namespace: 'AWS/RDS', metric: 'CPUUtilization' }, levels: { High: '<= 25' } };
/** All that can be asked for, so that every statement there is is looked at. */
const everything = deployed((stack) => ({
  metrics: { cpu },
  labourers: {
    ...usual(stack).labourers,
    reports: {
      target: 'arn:aws:lambda:eu-west-1:123456789012:function:report:live',
      maxSimultaneousInvocations: 1,
      health: { metrics: ['cpu'] },
    },
  },
  tables: { layout: 'sosw', encryptionKey: new Key(stack, 'Key') },
  deadTasks: new Topic(stack, 'Dead'),
  alarms: { topic: new Topic(stack, 'Alarms') },
}));
const plain = deployed(usual);
const templates: readonly (readonly [string, Template])[] = [
  ['everything', everything.template],
  ['what is usual', plain.template],
];
const own = (template: Template): readonly Statement[] => statementsOf(template).filter(({ role }) => role.startsWith('Reeve'));
const of = (template: Template, name: string): readonly Statement[] =>
  own(template).filter(({ role }) => role.startsWith(`ReeveWorks${name}`));
const actions = (template: Template, name: string): readonly string[] => of(template, name).flatMap((each) => each.actions);

describe.each(templates)('the policies of %s', (_, template) => {
  it('are of our own functions, and there are some', () => {
    expect(new Set(own(template).map(({ role }) => role)).size).toBe(4);
    expect(ofType(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('Reeve'))).toHaveLength(4);
  });

  it('allow actions by their names', () => {
    expect(
      own(template)
        .flatMap((each) => each.actions)
        .filter((each) => !/^[a-z]+:[A-Z]\w+$/.test(each)),
    ).toEqual([]);
    expect(own(template).filter(({ effect }) => effect !== 'Allow')).toEqual([]);
  });

  it('name each resource, but for GetMetricData, which has none', () => {
    const wide = own(template).filter(({ resources }) => JSON.stringify(resources).includes('*'));
    expect(wide.map((each) => each.actions)).toEqual(wide.map(() => ['cloudwatch:GetMetricData']));
    for (const { conditions } of wide) expect(conditions).toEqual({ StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } });
  });

  it('come with no policy of Amazon', () => {
    const roles = ofType(template, 'AWS::IAM::Role').filter(([id]) => id.startsWith('Reeve'));
    expect(roles.filter(([, { Properties }]) => 'ManagedPolicyArns' in Properties)).toEqual([]);
  });
});

describe('each function', () => {
  const { template } = everything;

  it('that starts no worker may not', () => {
    expect(actions(template, 'Scavenger')).not.toContain('lambda:InvokeFunction');
    expect(actions(template, 'Assistant')).not.toContain('lambda:InvokeFunction');
  });

  it('that starts workers may start these, and nothing else', () => {
    const [labourers, ...others] = of(template, 'Orchestrator').filter((each) => each.actions.includes('lambda:InvokeFunction'));
    expect(others).toEqual([]);
    expect(labourers?.resources).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^Thumb/), 'Arn'] },
      'arn:aws:lambda:eu-west-1:123456789012:function:report:live',
    ]);
  });

  it('that goes on with a job may start itself alone', () => {
    const [itself, ...others] = of(template, 'Scheduler').filter((each) => each.actions.includes('lambda:InvokeFunction'));
    expect(others).toEqual([]);
    expect(named(itself?.resources)).toEqual([expect.stringMatching(/^ReeveWorksSchedulerFunction/)]);
  });

  it('reads metrics if it is the orchestrator, and if labourers follow any', () => {
    const reading = own(template).filter((each) => each.actions.includes('cloudwatch:GetMetricData'));
    expect(reading.map(({ role }) => role)).toEqual([expect.stringMatching(/^ReeveWorksOrchestrator/)]);
    expect(own(plain.template).flatMap((each) => each.actions)).not.toContain('cloudwatch:GetMetricData');
  });

  it('writes into its own log alone', () => {
    for (const { role, resources } of own(template).filter(({ sid }) => sid === 'Logs')) {
      expect(named(resources)).toEqual([expect.stringMatching(new RegExp(`^${role.replace(/Role.*$/, '')}Logs`))]);
    }
  });

  const onTables = (name: string): readonly (readonly [string, string])[] =>
    of(template, name)
      .filter((each) => each.actions.some((action) => action.startsWith('dynamodb:')))
      .map(({ sid, actions: all }) => [sid, all.map((each) => each.replace('dynamodb:', '')).join(' ')] as const);

  it('does with the tables what its part takes', () => {
    expect(onTables('Orchestrator')).toEqual([
      ['Tasks', 'GetItem BatchGetItem PutItem UpdateItem DeleteItem'],
      ['TasksIndex', 'Query'],
      ['ClosedTasks', 'PutItem'],
    ]);
    expect(onTables('Scavenger')).toEqual([
      ['Tasks', 'GetItem BatchGetItem PutItem UpdateItem DeleteItem'],
      ['TasksIndex', 'Query'],
      ['ClosedTasks', 'PutItem DeleteItem'],
      ['ClosedTasksIndex', 'Query'],
      ['RetryTasks', 'DeleteItem'],
      ['RetryTasksIndex', 'Query'],
    ]);
    expect(onTables('Scheduler')).toEqual([['Tasks', 'GetItem BatchGetItem PutItem UpdateItem DeleteItem']]);
    expect(onTables('Assistant')).toEqual([
      ['Tasks', 'GetItem BatchGetItem PutItem UpdateItem DeleteItem'],
      ['TasksIndex', 'Query'],
      ['ClosedTasks', 'GetItem PutItem'],
      ['RetryTasks', 'GetItem'],
    ]);
  });

  it('uses the key of the tables through DynamoDB alone', () => {
    for (const { conditions } of own(template).filter(({ sid }) => sid === 'Key')) {
      expect(JSON.stringify(conditions)).toContain('dynamodb.eu-west-1.');
    }
    expect(own(template).filter(({ sid }) => sid === 'Key')).toHaveLength(4);
  });

  it('tells of dead tasks where it may meet one', () => {
    const telling = own(template).filter(({ sid }) => sid === 'DeadTasks');
    expect(telling.map(({ role }) => role.replace(/^ReeveWorks(\w+?)Role.*$/, '$1')).sort()).toEqual([
      'Assistant',
      'Orchestrator',
      'Scavenger',
    ]);
  });
});

describe('a worker', () => {
  it('may report, and gets no more from here', () => {
    const ours = statementsOf(plain.template).filter(({ role }) => role.startsWith('Thumb'));
    expect(ours).toMatchObject([{ sid: 'ReportToReeve', actions: ['lambda:InvokeFunction'] }]);
    expect(named(ours[0]?.resources)).toEqual([expect.stringMatching(/^ReeveWorksAssistantFunction/)]);
  });

  it('is not run again by Lambda itself', () => {
    expect(one(plain.template, 'AWS::Lambda::EventInvokeConfig', 'Thumb').Properties['MaximumRetryAttempts']).toBe(0);
  });
});
