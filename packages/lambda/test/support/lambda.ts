import { Clock, Lifecycle, type Millis, Operator, Outbox, Register, TaskReader, TaskStore } from '@reeve/core';
import type { ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import type { InvocationContext, LogFields, Logger, LogLevel } from '../../src/index.ts';

/** An invocation that ends so long from now on this clock. */
export const contextOf = (clock: ManualClock, remaining: Millis = 60_000, requestId = 'request-1'): InvocationContext => {
  const end = clock.now() + remaining;
  return { awsRequestId: requestId, functionName: 'the-function', getRemainingTimeInMillis: () => end - clock.now() };
};

/** Moves the clock until the promise has settled. */
export const passing = async <Answer>(clock: ManualClock, promise: Promise<Answer>, step: Millis = 250): Promise<Answer> => {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  promise.then(over, over);
  for (let steps = 0; !isOver && steps < 10_000; steps += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (!isOver) await clock.advance(step);
  }
  return promise;
};

export interface Logged {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export const recordingLogger = (): Logger & { readonly lines: Logged[]; of(message: string): readonly Logged[] } => {
  const lines: Logged[] = [];
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields): void =>
      void lines.push({ level, message, fields });
  return {
    lines,
    of: (wanted) => lines.filter(({ message }) => message === wanted),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
};

export const clockPart = (clock: ManualClock): ContainerModule =>
  new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock));

/** Moves the clock in small steps, so that what was just begun comes to its first wait. */
export const pass = async (clock: ManualClock, time: Millis, step: Millis = 250): Promise<void> => {
  for (let passed = 0; passed < time; passed += step) {
    for (let turns = 0; turns < 3; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    await clock.advance(step);
  }
};

/** One object as all ports of a store. */
export const storePart = (store: TaskStore & TaskReader & Register & Operator & Outbox, isClosed: boolean = false): ContainerModule =>
  new ContainerModule(({ bind }) => {
    const ports = [TaskStore, TaskReader, Register, Operator, Outbox, ...(isClosed ? [Lifecycle] : [])];
    for (const port of ports) bind<unknown>(port).toConstantValue(store);
  });
