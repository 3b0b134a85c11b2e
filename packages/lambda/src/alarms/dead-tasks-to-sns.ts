import { Clock, configFault, Events, Lifecycle, systemClock, TaskReader } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { jsonLogger, type Logger } from '../logs/logger.ts';
import { Flushable } from '../setup/flushable.ts';
import { Publisher, type SnsClient } from './publisher.ts';

export type { SnsClient } from './publisher.ts';

export interface DeadTasksOptions {
  readonly topicArn: string;
  /** Default: an `SNS` of the runtime's own SDK, in the topic's region. */
  readonly client?: SnsClient;
  /** The payloads as well, of the first fifty of a second, each cut to 500 characters: one reading for each. Default: no. */
  readonly payloads?: boolean;
  /** Default: JSON lines on stdout. */
  readonly logger?: Logger;
}

const TOPIC = /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/;

/**
 * For `use`: tells a topic of tasks that are dead, at most once a second, one message for each labourer, with ids and errors.
 * Nothing waits for it: what cannot be told is logged.
 * @throws ReeveError INVALID_DEAD_TASKS
 */
export const deadTasksToSns = (options: DeadTasksOptions): ContainerModule => {
  const { topicArn, client, payloads = false, logger = jsonLogger() } = options;
  check(options);
  return new ContainerModule(({ bind }) => {
    const own = Symbol('dead tasks to SNS');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined, events: Events, reader: TaskReader) =>
          new Publisher({ topicArn, client, logger, clock: clock ?? systemClock, events, reader: payloads ? reader : undefined }),
        [{ serviceIdentifier: Clock, optional: true }, Events, TaskReader],
      )
      .inSingletonScope();
    bind(Lifecycle).toService(own);
    bind(Flushable).toService(own);
  });
};

const check = (options: DeadTasksOptions): void => {
  const { topicArn, client, payloads, logger: _, ...others }: Readonly<Record<string, unknown>> = { ...options };
  const problems = Object.keys(others).map((name) => ({
    path: `deadTasksToSns.${name}`,
    problem: 'is not an option; there are topicArn, client, payloads, logger',
  }));
  if (typeof topicArn !== 'string' || !TOPIC.test(topicArn)) {
    const shown = typeof topicArn === 'string' ? JSON.stringify(topicArn.slice(0, 60)) : `a ${typeof topicArn}`;
    problems.push({
      path: 'deadTasksToSns.topicArn',
      problem: `is ${shown}; give the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:dead-tasks`,
    });
  }
  if (client !== undefined && !hasPublishBatch(client))
    problems.push({ path: 'deadTasksToSns.client', problem: 'has no publishBatch; give an SNS of @aws-sdk/client-sns' });
  if (payloads !== undefined && typeof payloads !== 'boolean')
    problems.push({ path: 'deadTasksToSns.payloads', problem: `is a ${typeof payloads}; give true or false` });
  if (problems.length > 0) throw configFault(problems, 'Dead tasks cannot be told to SNS:', 'INVALID_DEAD_TASKS');
};

const hasPublishBatch = (client: unknown): boolean =>
  typeof client === 'object' && client !== null && 'publishBatch' in client && typeof client.publishBatch === 'function';
