import { configFault, MINUTE, type Millis, type Problem } from '@reeve/core';
import type { MetricsOptions } from '../logs/metrics.ts';

/** What can stand in a configuration as well, of all handlers. */
export interface HandlerSettings {
  /** Nothing is begun so long before the invocation's end. Default 5 s. */
  readonly margin?: Millis;
  /** One line of CloudWatch's embedded metrics for each invocation. Default: none. */
  readonly metrics?: MetricsOptions;
}

export interface OrchestratorSettings extends HandlerSettings {
  /** At most so long is served in one invocation. Default 55 s, so that one a minute overlaps little with the next. */
  readonly runFor?: Millis;
  /** The wait between two rounds while there is work. Default 1 s. */
  readonly pollEvery?: Millis;
  /** While there is none the wait grows up to this. Default 5 s. */
  readonly pollAtMost?: Millis;
}

export interface SchedulerSettings extends HandlerSettings {
  /** A round serves schedules for so long, so that one a minute misses no second. Default 55 s. */
  readonly runFor?: Millis;
  /**
   * Who goes on with a job for which an invocation has no time: the function itself, invoked once more (`invoke`, for which it needs leave), or the
   * next round (`round`). Default `invoke`; where that is refused, the next round does.
   */
  readonly continueBy?: 'invoke' | 'round';
}

export interface AllSettings extends OrchestratorSettings, SchedulerSettings {}

/** Lambda's own limit for an invocation. */
const LONGEST: Millis = 15 * MINUTE;
const TIMES = ['margin', 'runFor', 'pollEvery', 'pollAtMost'];
const NAMES = [...TIMES, 'continueBy', 'metrics'];
const OF_METRICS = ['namespace', 'perLabourer', 'census', 'write'];

/** @throws ReeveError INVALID_CONFIG that lists all that is wrong */
export const checkSettings = (settings: unknown): void => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: name === '' ? 'lambda' : `lambda.${name}`, problem });
  const own = membersOf('', settings, say);
  const metrics = membersOf('metrics', own['metrics'], say);
  for (const name of Object.keys(own)) if (!NAMES.includes(name)) say(name, `is not known here; known are ${NAMES.join(', ')}`);
  for (const name of TIMES) {
    const value = own[name];
    // A poll without a pause would ask without a pause.
    const least = name === 'pollEvery' || name === 'pollAtMost' ? 1 : 0;
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= least && Number(value) <= LONGEST))
      say(name, `is ${shown(value)}; give a whole number of milliseconds from ${least} to ${LONGEST}`);
  }
  const { continueBy } = own;
  if (continueBy !== undefined && continueBy !== 'invoke' && continueBy !== 'round')
    say('continueBy', `is ${shown(continueBy)}; give "invoke" or "round"`);
  for (const name of Object.keys(metrics))
    if (!OF_METRICS.includes(name)) say(`metrics.${name}`, `is not known here; known are ${OF_METRICS.join(', ')}`);
  const { namespace, perLabourer, census, write } = metrics;
  if (namespace !== undefined && !(typeof namespace === 'string' && /^[\w./#:-]{1,255}$/.test(namespace)))
    say('metrics.namespace', `is ${shown(namespace)}; give 1 to 255 letters, digits, or any of . - _ / # :`);
  for (const [name, value] of Object.entries({ perLabourer, census }))
    if (value !== undefined && typeof value !== 'boolean') say(`metrics.${name}`, `is ${shown(value)}; give true or false`);
  if (write !== undefined && typeof write !== 'function') say('metrics.write', `is ${shown(write)}; give a function, in code`);
  if (problems.length > 0) throw configFault(problems, 'The settings of the handlers cannot be used:', 'INVALID_CONFIG');
};

const membersOf = (name: string, value: unknown, say: (name: string, problem: string) => void): Readonly<Record<string, unknown>> => {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  say(name, `is ${shown(value)}; give an object, such as {}`);
  return {};
};

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'an object') : String(value);
};
