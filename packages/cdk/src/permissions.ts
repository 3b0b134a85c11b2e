/** What each function may do: actions by name, on resources by their ARN. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { EssentialName } from './essentials.ts';
import type { Action } from './table-actions.ts';
import type { Tables } from './tables/tables.ts';

/** Rows and items of the tables, and what is asked of their indexes. */
export const onTables = (name: EssentialName, { all, encryptionKey }: Tables): readonly PolicyStatement[] => [
  ...all.flatMap(({ table, index, layout }) => {
    const asked = layout.actions[name];
    if (!asked) return [];
    const statement = (sid: string, actions: readonly Action[], resource: string): PolicyStatement =>
      new PolicyStatement({ sid, actions: actions.map((each) => `dynamodb:${each}`), resources: [resource] });
    return [
      statement(layout.id, asked.onTable, table.tableArn),
      ...(asked.onIndex && index !== undefined ? [statement(`${layout.id}Index`, asked.onIndex, `${table.tableArn}/index/${index}`)] : []),
    ];
  }),
  ...(encryptionKey ? [onKey(encryptionKey)] : []),
];

/** The key is there for the tables: DynamoDB may use it on a role's behalf, and the role itself may not. */
const onKey = (key: IKey): PolicyStatement => {
  const { region, urlSuffix } = Stack.of(key);
  return new PolicyStatement({
    sid: 'Key',
    actions: KEY_ACTIONS.map((action) => `kms:${action}`),
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.${urlSuffix}` } },
  });
};

const KEY_ACTIONS = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];

export const onFunctions = (sid: string, arns: readonly string[]): PolicyStatement =>
  new PolicyStatement({ sid, actions: ['lambda:InvokeFunction'], resources: [...arns] });

export const onTopic = (arn: string): PolicyStatement =>
  new PolicyStatement({ sid: 'DeadTasks', actions: ['sns:Publish'], resources: [arn] });

export const onParameters = (path: string): PolicyStatement =>
  new PolicyStatement({ sid: 'Configuration', actions: ['ssm:GetParametersByPath'], resources: [path] });

/**
 * The one statement on all resources: CloudWatch knows none to name for this action, and no condition key of its own. What can be said is
 * said: metrics of these regions.
 */
export const onMetrics = (scope: Construct, regions: readonly string[] = [Stack.of(scope).region]): PolicyStatement =>
  new PolicyStatement({
    sid: 'Metrics',
    actions: ['cloudwatch:GetMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:RequestedRegion': [...regions] } },
  });
