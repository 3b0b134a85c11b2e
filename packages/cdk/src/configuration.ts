/**
 * How the functions learn what to do: in their environment, which costs nothing at a start, or, where that would not hold it, in
 * parameters of Systems Manager.
 */
import { configFault, type Problem } from '@reeve/core';
import { Stack } from 'aws-cdk-lib';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { lengthOf } from './length-of.ts';
import { partsOf, type Whole } from './parts-of.ts';

/** Lambda gives a function 4 KB of environment. Some of it is left to whoever adds to it. */
const MOST_IN_ENVIRONMENT = 3 * 1024;
const MOST_IN_PARAMETER = 4 * 1024;
const MOST_IN_ADVANCED = 8 * 1024;

export class Configuration extends Construct {
  readonly environment: Readonly<Record<string, string>>;
  /** The ARN of the path under which the parameters are. Absent: there are none. */
  readonly path: string | undefined;

  /** @throws ReeveError INVALID_DEPLOYMENT: a part of it fits nowhere */
  constructor(scope: Construct, id: string, whole: Whole) {
    super(scope, id);
    const stack = Stack.of(this);
    const written = (part: Whole): string => stack.toJsonString(part);
    const length = (part: Whole): number => lengthOf(stack.resolve(written(part)));
    if (length(whole) <= MOST_IN_ENVIRONMENT) {
      this.environment = { REEVE_CONFIG: written(whole) };
      this.path = undefined;
      return;
    }
    const path = `/reeve/${stack.stackName}/${this.node.path.split('/').slice(1).join('/')}`;
    const parts = partsOf(whole, length, MOST_IN_PARAMETER);
    refuseLong(parts.filter((part) => length(part) > MOST_IN_ADVANCED));
    for (const [n, part] of parts.entries()) {
      new StringParameter(this, `Part${n}`, {
        parameterName: `${path}/${n}`,
        stringValue: written(part),
        tier: length(part) > MOST_IN_PARAMETER ? ParameterTier.ADVANCED : ParameterTier.STANDARD,
      });
    }
    this.environment = { REEVE_CONFIG_PATH: path };
    this.path = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: path.slice(1) });
  }
}

const refuseLong = (parts: readonly Whole[]): void => {
  const problems = parts.map((part): Problem => {
    const [name = ''] = Object.keys(part);
    const path = [name, ...(name === 'labourers' ? Object.keys(part[name] ?? {}) : [])].join('.');
    return {
      path,
      problem: `is longer than the ${MOST_IN_ADVANCED} bytes that a parameter holds; make it shorter, or give code of your own with entry`,
    };
  });
  if (problems.length > 0) throw configFault(problems, 'Reeve cannot be deployed as it is described:', 'INVALID_DEPLOYMENT');
};
