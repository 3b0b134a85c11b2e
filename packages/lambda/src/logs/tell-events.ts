import type { EventName, Events } from '@reeve/core';
import { describeError, type LogFields, type Logger, type LogLevel } from './logger.ts';

/** What is logged, and how loudly. Of what is not here, there is one for each task: `debug`. */
const LEVELS: Readonly<Partial<Record<EventName, LogLevel>>> = {
  'task.started': 'debug',
  'task.completed': 'debug',
  'task.retried': 'info',
  'task.released': 'info',
  'task.cancelled': 'info',
  'task.redriven': 'info',
  'task.dropped': 'warn',
  'task.unknown': 'warn',
  'task.dead': 'error',
  'task.aside': 'error',
  'attempt.expired': 'warn',
  'verdict.refused': 'info',
  'job.failed': 'error',
  'schedule.fired': 'info',
  'schedule.skipped': 'warn',
  'schedule.failed': 'error',
  'start.refused': 'info',
  'message.refused': 'warn',
  'retry.failed': 'warn',
  'follow.failed': 'error',
  'labourer.failed': 'error',
  'labourer.resized': 'info',
  'labourer.health': 'info',
  'labourer.held': 'warn',
  'limit.changed': 'info',
  'breaker.opened': 'warn',
  'breaker.closed': 'info',
  'store.failed': 'error',
  'source.failed': 'warn',
  'listener.failed': 'error',
};

/** Logs what happens, each under the name of its event. No event carries a payload, a result or a token. */
export const tellEvents = (events: Events, logger: Logger): void => {
  for (const [name, level] of Object.entries(LEVELS) as [EventName, LogLevel][]) {
    events.on(name, (event) => logger[level](name, fieldsOf(event)));
  }
};

const fieldsOf = (event: object): LogFields => ({ ...event, ...('error' in event && describeError(event.error)) });
