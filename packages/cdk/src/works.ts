import { Duration } from 'aws-cdk-lib';
import { Policy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Code, type Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HANDLER } from './code.ts';
import { Essential } from './essential.ts';
import { ESSENTIALS, type EssentialName } from './essentials.ts';
import { onFunctions, onTables } from './permissions.ts';
import { everyMinute } from './schedules.ts';
import type { Tables } from './tables/tables.ts';

/** What may be said of one function. */
export interface FunctionSettings {
  /** In MB, and with it the share of a processor: 1,769 MB are one. */
  readonly memorySize?: number;
  readonly timeout?: Duration;
}

/** What may be said of all of them. */
export interface FunctionsSettings extends Readonly<Partial<Record<EssentialName, FunctionSettings>>> {
  /** Default: Node 22. */
  readonly runtime?: Runtime;
  /** Default: a month. */
  readonly logRetention?: RetentionDays;
}

export interface WorksProps {
  readonly tables: Tables;
  readonly code: (name: EssentialName) => Code;
  readonly environment: (name: EssentialName) => Readonly<Record<string, string>>;
  /** What a function needs beside the tables. */
  readonly statements: (name: EssentialName) => readonly PolicyStatement[];
  readonly settings: FunctionsSettings;
}

interface Usual {
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly retryAttempts: 0 | 2;
  readonly maxEventAge: Duration;
}

const minute = Duration.minutes(1);
/**
 * A round that failed is not run again: the next minute's does the same. A report is, twice, as Lambda does by itself: a worker sends it
 * once, and of two copies the second changes nothing. So is a job, which goes on where it was.
 */
const USUAL: Readonly<Record<EssentialName, Usual>> = {
  orchestrator: { memorySize: 512, timeout: Duration.seconds(90), retryAttempts: 0, maxEventAge: minute },
  scavenger: { memorySize: 512, timeout: minute, retryAttempts: 0, maxEventAge: minute },
  scheduler: { memorySize: 512, timeout: Duration.minutes(15), retryAttempts: 2, maxEventAge: Duration.hours(1) },
  assistant: { memorySize: 512, timeout: Duration.seconds(30), retryAttempts: 2, maxEventAge: Duration.hours(1) },
};

/** The functions over tables, each with its own role, and what starts them. */
export class Works extends Construct {
  readonly functions: Readonly<Record<EssentialName, LambdaFunction>>;
  readonly essentials: Readonly<Record<EssentialName, Essential>>;

  constructor(scope: Construct, id: string, props: WorksProps) {
    super(scope, id);
    const made = ESSENTIALS.map((name) => [name, this.#essential(name, props)] as const);
    this.essentials = Object.fromEntries(made) as Record<EssentialName, Essential>;
    this.functions = Object.fromEntries(made.map(([name, each]) => [name, each.function])) as Record<EssentialName, LambdaFunction>;
    for (const name of ['orchestrator', 'scavenger', 'scheduler'] as const) {
      everyMinute(this.essentials[name], 'EveryMinute', this.functions[name]);
    }
    // A job for which one invocation has no time goes on in another. A policy of its own, for what names the function cannot be made before it.
    const { function: scheduler, role } = this.essentials.scheduler;
    new Policy(this, 'GoOn', { roles: [role], statements: [onFunctions('Itself', [scheduler.functionArn])] });
  }

  #essential(name: EssentialName, { tables, code, environment, statements, settings }: WorksProps): Essential {
    const { memorySize, timeout } = { ...USUAL[name], ...settings[name] };
    return new Essential(this, name[0]?.toUpperCase() + name.slice(1), {
      name,
      code: code(name),
      handler: HANDLER,
      environment: environment(name),
      statements: [...onTables(name, tables), ...statements(name)],
      memorySize,
      timeout,
      retryAttempts: USUAL[name].retryAttempts,
      maxEventAge: USUAL[name].maxEventAge,
      runtime: settings.runtime ?? Runtime.NODEJS_22_X,
      logRetention: settings.logRetention ?? RetentionDays.ONE_MONTH,
    });
  }
}
