import { boundError, boundText, ReeveError } from '@reeve/core';

/** What is logged with: a console, the Logger of Powertools, or one of your own. */
export interface Logger {
  debug(message: string, fields: LogFields): void;
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** Values that JSON can carry. */
export type LogFields = Readonly<Record<string, unknown>>;

export type LogLevel = keyof Logger;

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface JsonLoggerOptions {
  /** What is less than this is not written. Default: `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets, or else `info`. */
  readonly level?: LogLevel;
  /** Default: a line on stdout. */
  readonly write?: (line: string) => void;
}

/** One JSON object a line, with the names that Lambda's own logs have. */
export const jsonLogger = ({ level = levelOf(process.env['AWS_LAMBDA_LOG_LEVEL']), write = toStdout }: JsonLoggerOptions = {}): Logger => {
  const at =
    (own: LogLevel) =>
    (message: string, fields: LogFields): void => {
      if (LEVELS.indexOf(own) < LEVELS.indexOf(level)) return;
      write(JSON.stringify({ timestamp: new Date().toISOString(), level: own.toUpperCase(), message, ...fields }));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

/** Lambda has one level more at either end. */
const levelOf = (text: string = 'info'): LogLevel => {
  const name = text.toLowerCase();
  return LEVELS.find((each) => each === name) ?? (name === 'trace' ? 'debug' : name === 'fatal' ? 'error' : 'info');
};

export const toStdout = (line: string): void => void process.stdout.write(`${line}\n`);

/** What went wrong, for a log or an answer: never an object's content. */
export const describeError = (error: unknown): { readonly error: string; readonly code?: string } => ({
  error: boundText(boundError(error), LONGEST_ERROR),
  ...(ReeveError.is(error) && { code: error.code }),
});

/** More is with the task, where it is one of a task. */
const LONGEST_ERROR = 1_000;
