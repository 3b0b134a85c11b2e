import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, type EpochMs, type Millis, SECOND, systemClock } from '@reeve/core';
import { describeError, jsonLogger, type LogFields, type Logger, toStdout } from '../logs/logger.ts';
import { type Measures, measuresOf, metricLine, sumOf } from '../logs/metrics.ts';
import type { Served } from '../setup/served.ts';
import { Service } from '../setup/service.ts';
import type { Setup } from '../setup/setup.ts';
import { checkSettings, type HandlerSettings } from './settings.ts';
import type { Handler, HandlerOptions, InvocationContext } from './types.ts';

const MARGIN: Millis = 5 * SECOND;

/** One invocation, as the part that serves it sees it. */
export interface Invocation<Settings extends HandlerSettings> extends Served {
  readonly event: unknown;
  readonly context: InvocationContext;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long until nothing more is begun, by this clock. */
  timeLeft(): Millis;
  /** The instant at which that is, on this process's clock. */
  readonly until: EpochMs;
}

export interface Answered<Answer> {
  readonly answer: Answer;
  /** Something came of it that is worth a line of the log. Absent: it is not logged at all. */
  readonly isNews?: boolean;
  readonly measures?: Measures;
}

interface Handling<Settings extends HandlerSettings, Answer> {
  readonly name: string;
  readonly setup: Setup | undefined;
  readonly options: (Settings & HandlerOptions) | undefined;
  readonly serve: (invocation: Invocation<Settings>) => Promise<Answered<Answer>>;
}

/** A handler around what one invocation does: the composition, the time, the log, and all that must be finished before the container is frozen. */
export const handle = <Settings extends HandlerSettings, Answer>({
  name,
  setup,
  options,
  serve,
}: Handling<Settings, Answer>): Handler<Answer> => {
  const clock = options?.clock ?? systemClock;
  const current = new AsyncLocalStorage<LogFields>();
  const logger = withFields(options?.logger ?? jsonLogger(), () => ({ handler: name, ...current.getStore() }));
  const service = new Service({ setup, clock, logger });
  return (event, context) =>
    current.run({ requestId: context.awsRequestId }, async () => {
      try {
        checkSettings(settingsIn(options));
        return await service.use(async (served) => {
          const settings = { ...served.parts.lambda, ...options } as Settings;
          const margin = settings.margin ?? MARGIN;
          const timeLeft = (): Millis => context.getRemainingTimeInMillis() - margin;
          const invocation = { ...served, event, context, settings, clock, logger, timeLeft, until: clock.now() + timeLeft() };
          try {
            const { answer, isNews, measures = {} } = await serve(invocation);
            if (isNews !== undefined) logger[isNews ? 'info' : 'debug'](`${name}.answered`, { answer });
            tellMetrics(invocation, name, measures);
            return answer;
          } finally {
            await flush(invocation);
          }
        });
      } catch (error) {
        logger.error(`${name}.failed`, describeError(error));
        throw error;
      }
    });
};

/** What else is an option of some handler: things, and no settings. */
const THINGS = ['logger', 'clock', 'http', 'client'];

const settingsIn = (options: object = {}): LogFields =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !THINGS.includes(name)));

/** Whatever gathers, sends what it has; half of the margin is enough for it or it will not do. */
const flush = async ({ flushables, settings, timeLeft }: Invocation<HandlerSettings>): Promise<void> => {
  if (flushables.length === 0) return;
  const most = Math.max(SECOND, timeLeft() + (settings.margin ?? MARGIN) / 2);
  const signal = AbortSignal.timeout(most);
  await Promise.allSettled(flushables.map((each) => each.flush(signal)));
};

const tellMetrics = ({ counts, settings, clock }: Invocation<HandlerSettings>, handler: string, measures: Measures): void => {
  const taken = counts.take();
  const { metrics } = settings;
  if (!metrics) return;
  const { namespace = 'Reeve', perLabourer = false, write = toStdout } = metrics;
  const line = (dimensions: Readonly<Record<string, string>>, own: Measures): void =>
    write(metricLine({ namespace, dimensions, at: clock.now(), measures: own }));
  line({ Handler: handler }, { ...measuresOf(sumOf(taken.values())), ...measures });
  if (perLabourer) for (const [labourer, count] of taken) line({ Labourer: labourer }, measuresOf(count));
};

const withFields = (logger: Logger, always: () => LogFields): Logger => ({
  debug: (message, fields) => logger.debug(message, { ...always(), ...fields }),
  info: (message, fields) => logger.info(message, { ...always(), ...fields }),
  warn: (message, fields) => logger.warn(message, { ...always(), ...fields }),
  error: (message, fields) => logger.error(message, { ...always(), ...fields }),
});
