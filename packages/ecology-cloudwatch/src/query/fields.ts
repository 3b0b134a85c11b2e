import type { Json } from '@reeve/core';

export type Members = Readonly<Record<string, Json>>;

export const isObject = (value: Json | undefined): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

export const shown = (value: Json | undefined): string => (JSON.stringify(value) ?? 'missing').slice(0, 60);

/** Reads the members of a query, and gathers all that is wrong with them. What it answers for a wrong one is of no use. */
export class Fields {
  readonly problems: string[];
  readonly #members: Members;
  readonly #prefix: string;

  constructor(members: Members, problems: string[] = [], prefix = '') {
    this.#members = members;
    this.problems = problems;
    this.#prefix = prefix;
  }

  say(name: string, problem: string): void {
    this.problems.push(`${this.#prefix}${name} ${problem}`);
  }

  of(name: string): Json | undefined {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  /** The fields of an object inside. */
  inside(name: string, members: Members): Fields {
    return new Fields(members, this.problems, `${this.#prefix}${name}.`);
  }

  onlyKnows(...names: readonly string[]): void {
    for (const name of Object.keys(this.#members)) {
      if (!names.includes(name)) this.say(name, `is not known; there are ${names.join(', ')}`);
    }
  }

  text(name: string, most: number): string {
    const value = this.of(name);
    if (typeof value === 'string' && value.length > 0 && value.length <= most) return value;
    this.say(name, `must be a text of 1 to ${most} characters, not ${shown(value)}`);
    return '';
  }

  matching(name: string, pattern: RegExp, remedy: string): string | undefined {
    const value = this.of(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.say(name, `is ${shown(value)}; give ${remedy}`);
    return undefined;
  }

  /** A whole number of seconds. */
  seconds(name: string, least: number, most: number): number | undefined {
    const value = this.of(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.say(name, `is ${shown(value)}; give a whole number of seconds from ${least} to ${most}`);
    return undefined;
  }

  /** Seconds, as CloudWatch counts its periods. */
  period(name: string): number {
    const value = this.of(name) ?? MINUTE;
    if (typeof value === 'number' && (FINE.includes(value) || (value > 0 && value <= DAY && value % MINUTE === 0))) return value;
    this.say(name, `is ${shown(value)}; give ${FINE.join(', ')} or a multiple of 60 up to ${DAY}, in seconds`);
    return MINUTE;
  }
}

const MINUTE = 60;
const DAY = 86_400;
/** For metrics that are published more often than once a minute. */
const FINE: readonly number[] = [1, 5, 10, 20, 30];
