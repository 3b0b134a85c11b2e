import {
  configFault,
  defineLabourers,
  type LabourerDefinition,
  type MetricDefinitions,
  type Problem,
  type ResourceDefinitions,
} from '@reeve/core';
import type { Alias, IFunction, Version } from 'aws-cdk-lib/aws-lambda';
import { notJson } from './not-json.ts';

/** CDK's classes of aliases and versions are no `IFunction` under `exactOptionalPropertyTypes`, and otherwise they are. */
export type WorkerFunction = IFunction | Alias | Version;

/** A labourer as everywhere in Reeve, but that its target may be a function of a stack. */
export interface LabourerProps extends Omit<LabourerDefinition, 'schema' | 'result'> {
  /** The function that does the work: an alias or a version as well. Instead of `target`. */
  readonly function?: WorkerFunction;
  /** Lambda's own retries of the function are turned off, for Reeve retries by itself. Default true. */
  readonly turnOffRetries?: boolean;
  /** The function may invoke the assistant, and finds its name in REEVE_ASSISTANT. Default true. */
  readonly reports?: boolean;
}

export type LabourersProps = Readonly<Record<string, LabourerProps>>;

/** The function of a labourer. */
export interface WorkerOf {
  readonly labourer: string;
  readonly function: WorkerFunction;
  readonly props: LabourerProps;
}

export type LabourersFunctions = readonly WorkerOf[];

/** What becomes of labourers that name functions. */
export interface ReadLabourers {
  /** By name, as JSON has it; without targets, which only the orchestrator needs to know. */
  readonly definitions: Readonly<Record<string, object>>;
  /** By name: the ARN or the name of what is invoked. */
  readonly targets: Readonly<Record<string, string>>;
  readonly functions: LabourersFunctions;
  /** Some of them follow metrics of CloudWatch. */
  readonly readsCloudwatch: boolean;
}

export interface LabourersOptions {
  readonly labourers: LabourersProps;
  readonly resources?: ResourceDefinitions;
  readonly metrics?: MetricDefinitions;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/**
 * Takes labourers apart into what can be written down and what they invoke.
 * @throws ReeveError INVALID_DEPLOYMENT or INVALID_LABOURERS that lists all that is wrong
 */
export const readLabourers = ({ labourers, resources, metrics, settings }: LabourersOptions): ReadLabourers => {
  const problems: Problem[] = [];
  const definitions: Record<string, object> = {};
  const targets: Record<string, string> = {};
  const functions: WorkerOf[] = [];
  for (const [labourer, props] of Object.entries(labourers)) {
    const { function: own, target, turnOffRetries: _retries, reports: _reports, ...definition } = props;
    const path = `labourers.${labourer}`;
    problems.push(...notJson(path, definition));
    if (own && target !== undefined) problems.push({ path, problem: 'has a function and a target; leave one of them out' });
    if (!own && target === undefined) {
      problems.push({ path, problem: 'has nothing to invoke; give function, or target with the ARN of one' });
    } else if (!own && target !== undefined && !isArn(target)) {
      // A policy is of ARNs: a bare name would have to be completed by guesses about region and account.
      problems.push({
        path: `${path}.target`,
        problem: `is "${target}", and not the ARN of a function; give that, or the function itself`,
      });
    }
    if (own) functions.push({ labourer, function: own, props });
    definitions[labourer] = definition;
    targets[labourer] = own?.functionArn ?? target ?? labourer;
  }
  problems.push(...notJson('resources', resources), ...notJson('metrics', metrics), ...notJson('settings', settings));
  if (problems.length > 0) throw configFault(problems, 'Reeve cannot be deployed as it is described:', 'INVALID_DEPLOYMENT');
  // The same checks as at the start of a function, so that a slip is found before anything is deployed.
  const defined = defineLabourers(definitions as Readonly<Record<string, LabourerDefinition>>, resources, metrics);
  const readsCloudwatch = defined.some(({ health }) => health.metrics?.some(({ source }) => source === 'cloudwatch') === true);
  return { definitions, targets, functions, readsCloudwatch };
};

// A token stands for what is known at deployment only.
const isArn = (target: string): boolean => /^(arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?|.*\$\{Token\[.*)$/.test(target);
