/**
 * The same stack without CDK: what the construct is told while it is synthesized is a parameter. `scripts/template.mjs` writes it down, and a test
 * says whether what is written down is still this.
 */
import {
  App,
  Aws,
  CfnCondition,
  type CfnElement,
  CfnOutput,
  CfnParameter,
  CfnResource,
  Fn,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  Stack,
} from 'aws-cdk-lib';
import { Policy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Alarms } from './alarms.ts';
import { onFunctions, onMetrics, onTopic } from './permissions.ts';
import { Tables } from './tables/tables.ts';
import { Works } from './works.ts';

/** Names as a person would give them: where a thing stands, without the folders that say nothing and without CDK's hashes. */
class PlainStack extends Stack {
  protected override allocateLogicalId(element: CfnElement): string {
    const parts = element.node.path.split('/').slice(1);
    // A permission's id holds the hash of its function.
    const short = parts.map((part) => part.replace(/^AllowEventRule.*/, 'Permission'));
    return short.filter((part) => !['Resource', 'Default', 'Works', 'Tables', 'Table', 'Alarms'].includes(part)).join('');
  }
}

/** What nobody gives says so: a parameter that may be empty would be a property that may be. */
const NONE = 'none';

/** A parameter that need not be given, and the condition that it is. */
const given = (stack: Stack, id: string, description: string): { readonly value: string; readonly isGiven: CfnCondition } => {
  const { valueAsString: value } = new CfnParameter(stack, id, { default: NONE, description });
  return { value, isGiven: new CfnCondition(stack, `Has${id}`, { expression: Fn.conditionNot(Fn.conditionEquals(value, NONE)) }) };
};

/**
 * The template, as CloudFormation takes it.
 * @param isValidated CDK looks at every property of it, which takes a while
 */
export const plainTemplate = (isValidated: boolean = false): object => {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: isValidated });
  const stack = new PlainStack(app, 'Reeve', {
    description: 'Reeve: a table, four functions, what starts them, and alarms',
    // Without CDK's bucket and version. Its types are not written for `exactOptionalPropertyTypes`.
    synthesizer: new LegacyStackSynthesizer() as IStackSynthesizer,
  });
  const bucket = new CfnParameter(stack, 'CodeBucket', { description: 'The bucket with the archives, in the region of the stack' });
  const prefix = new CfnParameter(stack, 'CodePrefix', {
    default: 'reeve/',
    description: 'What the keys of orchestrator.zip and the others begin with',
  });
  const labourers = new CfnParameter(stack, 'Labourers', {
    description:
      'The labourers as JSON, each with the ARN of its function: {"thumbnails":{"target":"arn:...","maxSimultaneousInvocations":10}}',
  });
  const workers = new CfnParameter(stack, 'WorkerFunctions', {
    type: 'CommaDelimitedList',
    description: 'The ARNs of these functions: what the orchestrator may invoke',
  });
  const metrics = given(stack, 'MetricsRegion', 'The region whose metrics of CloudWatch labourers follow, if they do');
  const deadTasks = given(stack, 'DeadTasksTopic', 'The ARN of a topic that is to be told of dead tasks');
  const alarmTopic = given(stack, 'AlarmTopic', 'The ARN of a topic that is to be told of alarms');

  const assistantName = given(stack, 'AssistantName', 'The name of the assistant, where workers have to know it before the stack is there');

  const tables = new Tables(stack, 'Tables', {});
  const namespace = `Reeve/${Aws.STACK_NAME}`;
  const config = stack.toJsonString({ store: { ...tables.configuration, atStart: 'trust' }, lambda: { metrics: { namespace } } });
  const alarms = Fn.conditionIf(deadTasks.isGiven.logicalId, `{"deadTasks":{"topicArn":"${deadTasks.value}"}}`, Aws.NO_VALUE).toString();
  const from = Bucket.fromBucketName(stack, 'Code', bucket.valueAsString);
  const works = new Works(stack, 'Works', {
    tables,
    code: (name) => Code.fromBucket(from, `${prefix.valueAsString}${name}.zip`),
    environment: () => ({ REEVE_CONFIG: config, REEVE_LABOURERS: labourers.valueAsString, REEVE_ALARMS: alarms }),
    statements: (name) => (name === 'orchestrator' ? [onFunctions('Labourers', workers.valueAsList)] : []),
    settings: {},
  });
  const { orchestrator, scavenger, assistant } = works.essentials;
  // What it has to do with the workers would go round in a circle otherwise: the stack names them, and they name the assistant.
  const named = Fn.conditionIf(assistantName.isGiven.logicalId, assistantName.value, Aws.NO_VALUE);
  resourceOf(assistant.function).addPropertyOverride('FunctionName', named);
  const readMetrics = new Policy(stack, 'MetricsPolicy', { roles: [orchestrator.role], statements: [onMetrics(stack, [metrics.value])] });
  only(readMetrics, metrics.isGiven);
  const roles = [orchestrator.role, scavenger.role, assistant.role];
  only(new Policy(stack, 'DeadTasksPolicy', { roles, statements: [onTopic(deadTasks.value)] }), deadTasks.isGiven);

  for (const alarm of new Alarms(stack, 'Alarms', works.functions, { namespace }).all) {
    const actions = Fn.conditionIf(alarmTopic.isGiven.logicalId, [alarmTopic.value], Aws.NO_VALUE);
    const resource = resourceOf(alarm);
    for (const name of ['AlarmActions', 'OKActions']) resource.addPropertyOverride(name, actions);
  }
  new CfnOutput(stack, 'AssistantArn', {
    value: works.functions.assistant.functionArn,
    description: 'What workers report to: their REEVE_ASSISTANT',
  });
  new CfnOutput(stack, 'SchedulerArn', { value: works.functions.scheduler.functionArn, description: 'What takes jobs' });
  new CfnOutput(stack, 'TableName', { value: tables.all[0]?.table.tableName ?? '', description: 'Where the tasks are' });
  return app.synth().getStackByName(stack.stackName).template as object;
};

const resourceOf = ({ node }: { readonly node: { readonly defaultChild?: unknown } }): CfnResource => {
  if (node.defaultChild instanceof CfnResource) return node.defaultChild;
  throw new Error('a construct without a resource of its own');
};

const only = (policy: Policy, condition: CfnCondition): void => {
  resourceOf(policy).cfnOptions.condition = condition;
};
