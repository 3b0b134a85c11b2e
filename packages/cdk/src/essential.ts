import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, type Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EssentialName } from './essentials.ts';

export interface EssentialProps {
  readonly name: EssentialName;
  readonly code: Code;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly memorySize: number;
  readonly timeout: Duration;
  /** How often Lambda runs an event again that failed. */
  readonly retryAttempts: 0 | 1 | 2;
  readonly maxEventAge: Duration;
  readonly runtime: Runtime;
  readonly logRetention: RetentionDays;
}

/** A function of Reeve with a role of its own and a log of its own. */
export class Essential extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: EssentialProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', { retention: props.logRetention, removalPolicy: RemovalPolicy.DESTROY });
    // Not the managed policy for logs, which covers every log of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description: `Reeve's ${props.name}` });
    const logs = new PolicyStatement({
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    for (const statement of [logs, ...props.statements]) this.role.addToPolicy(statement);
    this.function = new LambdaFunction(this, 'Function', {
      description: `Reeve's ${props.name}`,
      runtime: props.runtime,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: props.handler,
      environment: { ...props.environment },
      memorySize: props.memorySize,
      timeout: props.timeout,
      role: this.role,
      logGroup: this.logGroup,
      retryAttempts: props.retryAttempts,
      maxEventAge: props.maxEventAge,
    });
  }
}
