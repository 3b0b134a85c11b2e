import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ESSENTIALS, type EssentialName } from './essentials.ts';

export interface AlarmsProps {
  /** Is told when an alarm is raised, and when it is over. Absent: alarms are to be seen, and nobody is told. */
  readonly topic?: ITopic;
  /** The alarm `DeadTasks` is raised at so many in five minutes. Default 1. */
  readonly dead?: number;
  /** The alarm `LongWaits` is raised when a task started so long after it fell due. Absent: there is none. */
  readonly waited?: Duration;
}

export interface AlarmsOptions extends AlarmsProps {
  /** Of the functions' own metrics. */
  readonly namespace: string;
}

interface Watch {
  readonly name: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly periods: number;
  readonly of: number;
  readonly description: string;
  readonly comparison?: ComparisonOperator;
  readonly missing?: TreatMissingData;
}

/** What a person should hear of. Each alarm says in its description where to look. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, functions: Readonly<Record<EssentialName, LambdaFunction>>, props: AlarmsOptions) {
    super(scope, id);
    const watches = [
      ...ESSENTIALS.flatMap((name) => [errors(name, functions[name]), throttles(name, functions[name])]),
      ...(['orchestrator', 'scavenger'] as const).map((name) => silence(name, functions[name])),
      deadTasks(props),
      ...(props.waited ? [longWaits(props.namespace, props.waited)] : []),
    ];
    this.all = watches.map((watch) => this.#alarm(watch, props.topic));
  }

  #alarm({ name, metric, threshold, periods, of, description, comparison, missing }: Watch, topic: ITopic | undefined): Alarm {
    const alarm = new Alarm(this, name, {
      metric,
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: of,
      alarmDescription: description,
      comparisonOperator: comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    if (topic) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    return alarm;
  }
}

const minute = Duration.minutes(1);
const capital = (name: EssentialName): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;

const errors = (name: EssentialName, each: LambdaFunction): Watch => ({
  name: `${capital(name)}Errors`,
  metric: each.metricErrors({ period: minute, statistic: 'Sum' }),
  threshold: 1,
  // Of rounds, one that fails is mended by the next. A report that fails thrice costs an attempt its lease.
  ...(name === 'assistant' ? { periods: 1, of: 1 } : { periods: 5, of: 3 }),
  description: `Reeve's ${name} fails: its log says why`,
});

const throttles = (name: EssentialName, each: LambdaFunction): Watch => ({
  name: `${capital(name)}Throttles`,
  metric: each.metricThrottles({ period: minute, statistic: 'Sum' }),
  threshold: 1,
  periods: 5,
  of: 3,
  description: `Lambda does not start Reeve's ${name} for want of concurrency: raise the account's, or reserve some`,
});

const silence = (name: EssentialName, each: LambdaFunction): Watch => ({
  name: `${capital(name)}Silent`,
  metric: each.metricInvocations({ period: minute, statistic: 'Sum' }),
  threshold: 1,
  periods: 5,
  of: 5,
  description: `Reeve's ${name} was not started for five minutes: look at its rule in EventBridge`,
  comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
  missing: TreatMissingData.BREACHING,
});

const measured = (namespace: string, metricName: string, handler: EssentialName, statistic: string): Metric =>
  new Metric({ namespace, metricName, dimensionsMap: { Handler: handler }, statistic, period: Duration.minutes(5) });

const deadTasks = ({ namespace, dead = 1 }: AlarmsOptions): Watch => {
  // Whoever meets the last failure of a task ends it.
  const by = ['orchestrator', 'scavenger', 'assistant'] as const;
  return {
    name: 'DeadTasks',
    metric: new MathExpression({
      expression: by.map((name) => `FILL(${name}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(by.map((name) => [name, measured(namespace, 'Dead', name, 'Sum')])),
      period: Duration.minutes(5),
      label: 'dead tasks',
    }),
    threshold: dead,
    periods: 1,
    of: 1,
    description: 'Tasks of Reeve are out of attempts: look at their errors, mend the cause, and redrive them',
  };
};

const longWaits = (namespace: string, waited: Duration): Watch => ({
  name: 'LongWaits',
  metric: measured(namespace, 'Waited', 'orchestrator', 'Maximum'),
  threshold: waited.toMilliseconds(),
  periods: 1,
  of: 1,
  description: 'Tasks of Reeve wait long for their start: raise the caps, or look at the health of what workers depend on',
});
