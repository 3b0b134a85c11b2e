import { type Clock, configFault, type Millis, type Problem } from '@reeve/core';
import { wholeProblem } from '../options.ts';
import { type Secrets, secretsProblems } from '../signature/keyring.ts';
import type { Disbelief } from '../signature/verify.ts';

export interface ReportHandlerOptions {
  /** What workers sign with. One that belongs to a labourer speaks for that labourer alone. */
  readonly secrets: Secrets;
  /** How far the clocks may be apart and how long a message may be under way, both ways. Default 5 minutes. */
  readonly tolerance?: Millis;
  /** The longest message, in bytes. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Default: this machine's. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Is told of each message that was not taken, for logs. */
  readonly onRefused?: (refusal: Refusal) => void;
}

/** A message that was not taken, and nothing of what was in it. */
export interface Refusal {
  /**
   * - `headers`, `timestamp`, `signature`  it is not to be believed; the last also where a labourer's secret was to speak for another
   * - `method`, `encoding`, `large`, `cut`  it is no POST, compressed, too long, or ended midway
   * - `message`                            it is signed, and no message that can be used: see `code`
   * - `fault`                              it is sound, and could not be kept: see `code`
   */
  readonly why: Disbelief | 'method' | 'encoding' | 'large' | 'cut' | 'message' | 'fault';
  /** The header `webhook-id`, if it is one. */
  readonly id?: string;
  /** Of the ReeveError, if there is one. */
  readonly code?: string;
}

const NAMES: readonly string[] = [
  'secrets',
  'tolerance',
  'maxBytes',
  'clock',
  'onRefused',
] satisfies readonly (keyof ReportHandlerOptions)[];

/** @throws ReeveError INVALID_REPORT_HANDLER that lists all that is wrong */
export const checkReportOptions = (options: ReportHandlerOptions): void => {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const { secrets, tolerance, maxBytes, clock, onRefused } = given;
  const problems: Problem[] = [...secretsProblems(secrets, 'reportHandler.secrets')];
  const say = (name: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ path: `reportHandler.${name}`, problem });
  };
  for (const name of Object.keys(given)) if (!NAMES.includes(name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  if (tolerance !== undefined) say('tolerance', wholeProblem(tolerance));
  if (maxBytes !== undefined) say('maxBytes', wholeProblem(maxBytes));
  if (clock !== undefined && !isClock(clock)) say('clock', 'is no clock; give one with now, or leave it out');
  if (onRefused !== undefined && typeof onRefused !== 'function') say('onRefused', `is no function, but ${typeof onRefused}; leave it out`);
  if (problems.length > 0) throw configFault(problems, 'The handler of reports cannot work:', 'INVALID_REPORT_HANDLER');
};

const isClock = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function';
