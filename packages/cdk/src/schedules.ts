import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

// A round that could not be delivered is not delivered later: the next one does the same.
const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };

export const everyMinute = (scope: Construct, id: string, each: IFunction): Rule =>
  new Rule(scope, id, { schedule: Schedule.rate(Duration.minutes(1)), targets: [new Target(each, once)] });

export interface RuleProps {
  readonly schedule: Schedule;
  /** As the Scheduler takes it, and as sosw's did: `{ lambda_name: 'thumbnails', payload: { ... } }`. */
  readonly job: Readonly<Record<string, unknown>>;
}

/**
 * A job that is asked for at its times, and again for up to an hour if the Scheduler could not be reached. EventBridge may deliver an event twice:
 * the run is called after the event, and so its tasks are made once.
 */
export const atTimes = (scope: Construct, id: string, { schedule, job }: RuleProps, scheduler: IFunction): Rule =>
  new Rule(scope, id, {
    schedule,
    targets: [
      new Target(scheduler, {
        event: RuleTargetInput.fromObject({ job, run: EventField.eventId }),
        retryAttempts: 5,
        maxEventAge: Duration.hours(1),
      }),
    ],
  });
