import type { MetricDefinitions, ResourceDefinitions } from '@reeve/core';
import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms, type AlarmsProps } from './alarms.ts';
import { codeOf } from './code.ts';
import { Configuration } from './configuration.ts';
import type { EssentialName } from './essentials.ts';
import { type LabourersProps, readLabourers } from './labourers.ts';
import type { Whole } from './parts-of.ts';
import { onFunctions, onMetrics, onParameters, onTopic } from './permissions.ts';
import { atTimes, type RuleProps } from './schedules.ts';
import { Tables, type TablesProps } from './tables/tables.ts';
import { connectWorkers } from './workers.ts';
import { type FunctionsSettings, Works } from './works.ts';

/** Numbers that the functions write into their logs, and of which CloudWatch makes metrics. */
export interface MeasuresProps {
  /** Default: `Reeve/`, and the name of the stack. */
  readonly namespace?: string;
  /** Also by labourer. Default: the sums only. */
  readonly perLabourer?: boolean;
  /** Also how many tasks are queued and running: one more look at the store for each minute. Default false. */
  readonly census?: boolean;
}

export interface ReeveProps {
  readonly labourers: LabourersProps;
  /** What labourers draw on, as in `createReeve`. */
  readonly resources?: ResourceDefinitions;
  /** Metrics that labourers name, as in `createReeve`. */
  readonly metrics?: MetricDefinitions;
  /** Regions of which metrics may be read. Default: that of the stack. */
  readonly metricRegions?: readonly string[];
  /** Default: a table of Reeve's own, which outlives the stack. */
  readonly tables?: TablesProps;
  /** Further members of a configuration, as `createReeve` takes them: `schedules`, `maxPayloadBytes`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Jobs that rules of EventBridge hand to the Scheduler, by name, each at its times. */
  readonly rules?: Readonly<Record<string, RuleProps>>;
  /** Is told of tasks that are out of attempts. */
  readonly deadTasks?: ITopic;
  /** Default: alarms of which nobody is told. `false`: none. */
  readonly alarms?: AlarmsProps | false;
  readonly measures?: MeasuresProps;
  readonly functions?: FunctionsSettings;
  /**
   * A module whose default export is a set-up for the handlers of @reeve/lambda. It takes the place of the one that comes with this package,
   * and is bundled by the esbuild of your project.
   */
  readonly entry?: string;
  /** Archives of your own, each with an `index.mjs` that exports a `handler`. Instead of `entry`. */
  readonly code?: (name: EssentialName) => Code;
}

/** Reeve as a part of a stack: its tables, its functions with what starts and watches them, and leave for each to do what it must and no more. */
export class Reeve extends Construct {
  readonly tables: Tables;
  readonly orchestrator: LambdaFunction;
  readonly scavenger: LambdaFunction;
  readonly scheduler: LambdaFunction;
  /** What workers report to. */
  readonly assistant: LambdaFunction;
  readonly alarms: Alarms | undefined;

  /** @throws ReeveError INVALID_DEPLOYMENT or INVALID_LABOURERS that lists all that is wrong */
  constructor(scope: Construct, id: string, props: ReeveProps) {
    super(scope, id);
    const { deadTasks } = props;
    const read = readLabourers(props);
    this.tables = new Tables(this, 'Tables', props.tables ?? {});
    const namespace = props.measures?.namespace ?? `Reeve/${Stack.of(this).stackName}`;
    const shared = sharedOf(props, this.tables, namespace);
    // Only the orchestrator is told what to invoke: a worker's environment names the assistant, and so the assistant's must not name the worker.
    const own = new Configuration(this, 'OrchestratorConfiguration', { ...shared, labourers: targeted(read) });
    const others = new Configuration(this, 'Configuration', { ...shared, labourers: read.definitions });
    const configurationOf = (name: EssentialName): Configuration => (name === 'orchestrator' ? own : others);
    const statements = (name: EssentialName): readonly PolicyStatement[] => {
      const { path } = configurationOf(name);
      return [
        ...(name === 'orchestrator' ? [onFunctions('Labourers', Object.values(read.targets))] : []),
        ...(name === 'orchestrator' && read.readsCloudwatch ? [onMetrics(this, props.metricRegions)] : []),
        ...(path === undefined ? [] : [onParameters(path)]),
        ...(deadTasks && name !== 'scheduler' ? [onTopic(deadTasks.topicArn)] : []),
      ];
    };
    const works = new Works(this, 'Works', {
      tables: this.tables,
      code: codeOf(props),
      environment: (name) => configurationOf(name).environment,
      statements,
      settings: props.functions ?? {},
    });
    ({
      orchestrator: this.orchestrator,
      scavenger: this.scavenger,
      scheduler: this.scheduler,
      assistant: this.assistant,
    } = works.functions);
    for (const [name, rule] of Object.entries(props.rules ?? {})) atTimes(this, `Rule-${name}`, rule, this.scheduler);
    connectWorkers(this, read.functions, this.assistant);
    this.alarms = props.alarms === false ? undefined : new Alarms(this, 'Alarms', works.functions, { ...props.alarms, namespace });
  }
}

/** What all functions are told alike. */
const sharedOf = ({ settings, resources, metrics, measures, deadTasks }: ReeveProps, tables: Tables, namespace: string): Whole => ({
  ...(settings as Whole | undefined),
  // The template has made the tables: to look at them at every start would take time, and a permission more.
  store: { ...tables.configuration, atStart: 'trust' },
  ...(resources && { resources }),
  ...(metrics && { metrics }),
  lambda: { metrics: { ...measures, namespace } },
  ...(deadTasks && { alarms: { deadTasks: { topicArn: deadTasks.topicArn } } }),
});

const targeted = ({ definitions, targets }: ReturnType<typeof readLabourers>): Readonly<Record<string, object>> =>
  Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, { ...definition, target: targets[name] }]));
