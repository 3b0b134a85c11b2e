import { Annotations, Stack } from 'aws-cdk-lib';
import { type IRole, Policy } from 'aws-cdk-lib/aws-iam';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { LabourersFunctions, WorkerFunction, WorkerOf } from './labourers.ts';
import { onFunctions } from './permissions.ts';

/** Where a worker finds whom to report to: @reeve/worker looks there. */
const ASSISTANT = 'REEVE_ASSISTANT';
const USUAL_LEASE = 15 * 60_000;

/** Turns off Lambda's own retries of the functions of labourers, and lets them report. */
export const connectWorkers = (scope: Construct, workers: LabourersFunctions, assistant: IFunction): void => {
  const once = new Set<WorkerFunction>();
  const roles = new Set<IRole>();
  for (const worker of workers) {
    const { function: own, props } = worker;
    warnOfLease(scope, worker);
    // One function may serve several labourers.
    if (once.has(own)) continue;
    once.add(own);
    if (props.turnOffRetries !== false) own.configureAsyncInvoke({ retryAttempts: 0 });
    if (props.reports === false) continue;
    if (own.role) roles.add(own.role);
    tellOf(scope, worker, assistant);
  }
  // Here, and not beside each worker: of two stacks only this one names the other, which two that name each other could not.
  if (roles.size > 0) {
    new Policy(scope, 'Report', { roles: [...roles], statements: [onFunctions('ReportToReeve', [assistant.functionArn])] });
  }
};

const tellOf = (scope: Construct, { labourer, function: own }: WorkerOf, assistant: IFunction): void => {
  const isHere = own instanceof LambdaFunction && Stack.of(own) === Stack.of(scope);
  if (isHere) own.addEnvironment(ASSISTANT, assistant.functionArn);
  const todo = [
    ...(own.role ? [] : ['let its role invoke the assistant']),
    ...(isHere ? [] : [`set ${ASSISTANT} in its environment to the assistant's ARN`]),
  ];
  if (todo.length > 0) warn(scope, 'reports', `labourer ${labourer}: its function is not of this stack; ${todo.join(', and ')}`);
};

const warnOfLease = (scope: Construct, { labourer, function: own, props }: WorkerOf): void => {
  const lease = props.lease?.duration ?? USUAL_LEASE;
  const timeout = own instanceof LambdaFunction ? (own.timeout?.toMilliseconds() ?? 0) : 0;
  if (timeout <= lease) return;
  warn(
    scope,
    'lease',
    `labourer ${labourer}: its function may take ${timeout} ms and its lease ${lease} ms; renew it by heartbeats, or make it longer`,
  );
};

const warn = (scope: Construct, id: string, text: string): void => Annotations.of(scope).addWarningV2(`@reeve/cdk:${id}`, text);
