import type { Problem } from '../ports/invoker.ts';
import { frozenCopy, isPlainObject } from './frozen-copy.ts';

/**
 * Reads a configuration that a person wrote, one field at a time, and gathers what is wrong with it instead of stopping
 * at the first. Where a field is wrong, what is answered is of the right type and of no other use.
 */
export class Field {
  readonly path: string;
  readonly #value: unknown;
  readonly #problems: Problem[];

  constructor(path: string, value: unknown, problems: Problem[]) {
    this.path = path;
    this.#value = value;
    this.#problems = problems;
  }

  get isGiven(): boolean {
    return this.#value !== undefined;
  }

  /** For what has no method of its own here. */
  get value(): unknown {
    return this.#value;
  }

  /** "is 5", or "is missing". */
  get shown(): string {
    return this.#value === undefined ? 'is missing' : `is ${show(this.#value)}`;
  }

  /** Absent, or an object without members. */
  get isEmpty(): boolean {
    return this.#value === undefined || (isObject(this.#value) && Object.keys(this.#value).length === 0);
  }

  equals(value: unknown): boolean {
    return this.#value === value;
  }

  refuse(problem: string): void {
    this.#problems.push({ path: this.path, problem });
  }

  /** A whole number within bounds. Without a default it must be given. */
  whole(least: number, most: number, otherwise?: number): number {
    const value = this.#value;
    if (value === undefined && otherwise !== undefined) return otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.refuse(`${this.shown}; give a whole number from ${least} to ${most}`);
    return least;
  }

  /** A part of one; as text too, since configurations of sosw have them so. */
  share(otherwise: number): number {
    const value = this.#value;
    if (value === undefined) return otherwise;
    const number = typeof value === 'string' && /^\d*\.?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && number >= 0 && number <= 1) return number;
    this.refuse(`is ${show(value)}; give a number from 0 to 1`);
    return otherwise;
  }

  text(otherwise: string): string {
    const value = this.#value;
    if (value === undefined) return otherwise;
    if (typeof value === 'string' && value.length > 0 && value.length <= 2_048) return value;
    this.refuse(`is ${show(value)}; give a text of 1 to 2048 characters, or leave it out`);
    return otherwise;
  }

  flag(otherwise: boolean): boolean {
    const value = this.#value;
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.refuse(`${this.shown}; give true or false`);
    return otherwise;
  }

  oneOf<T extends string | number>(choices: readonly T[], otherwise: T): T {
    const value = this.#value;
    if (value === undefined) return otherwise;
    const choice = choices.find((each) => each === value);
    if (choice !== undefined) return choice;
    this.refuse(`is ${show(value)}; give one of ${choices.filter((each) => typeof each === 'string').join(', ')}`);
    return otherwise;
  }

  /** An object of whatever members; absent, it has none. */
  plainObject(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    if (value === undefined) return Object.freeze({});
    if (isPlainObject(value)) return frozenCopy(value);
    this.refuse(`is ${show(value)}; give a plain object`);
    return {};
  }

  /** The items of a list of at most so many; absent, it has none. */
  items(most: number): readonly Field[] {
    const value = this.#value;
    if (value === undefined) return [];
    if (Array.isArray(value) && value.length <= most)
      return value.map((item: unknown, n) => new Field(`${this.path}[${n}]`, item, this.#problems));
    this.refuse(`is ${Array.isArray(value) ? `a list of ${value.length}` : show(value)}; give a list of at most ${most}`);
    return [];
  }

  /** The same place, as if nothing were given there. */
  none(): Field {
    return new Field(this.path, undefined, this.#problems);
  }

  /** One member, whatever else there is. */
  member(name: string): Field {
    return new FieldReader(this.path, isObject(this.#value) ? this.#value : {}, this.#problems).field(name);
  }

  /** The members of an object that may have any; absent, it has none. */
  membersOfAnyName(): FieldReader {
    return new FieldReader(this.path, this.#value === undefined ? {} : this.#value, this.#problems);
  }

  /** The members of an object that may have these and no others; absent, it has none. */
  members(known: readonly string[]): FieldReader {
    const reader = this.membersOfAnyName();
    for (const name of reader.names()) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      reader.field(name).refuse(`is not known here; ${near ? `did you mean ${near}?` : `known are ${known.join(', ')}`}`);
    }
    return reader;
  }
}

export class FieldReader {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #problems: Problem[];

  constructor(path: string, value: unknown, problems: Problem[]) {
    this.#path = path;
    this.#problems = problems;
    this.#values = isObject(value) ? value : {};
    if (!isObject(value)) this.refuse(`is ${show(value)}; give an object`);
  }

  refuse(problem: string): void {
    this.#problems.push({ path: this.#path, problem });
  }

  names(): readonly string[] {
    return Object.keys(this.#values);
  }

  field(name: string): Field {
    const plain = /^[\w.-]{1,128}$/.test(name);
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return new Field(plain ? `${this.#path}.${name}` : `${this.#path}[${JSON.stringify(name.slice(0, 64))}]`, value, this.#problems);
  }
}

/** Anything with members of its own: instances of the user's classes too, but no Map, whose entries are none. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(Symbol.iterator in value);

/** A value for people, shortened. */
const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return value instanceof Map ? 'a Map' : 'an object';
  return value === undefined ? 'undefined' : `a ${typeof value}`;
};

/** The known name that a misspelt one was meant to be: at most a third of its letters away. */
const nearest = (name: string, known: readonly string[]): string | undefined => {
  const scored = known.map((each) => ({ each, away: distance(name.toLowerCase(), each.toLowerCase()) })).sort((a, b) => a.away - b.away);
  const best = scored[0];
  return best && best.away <= Math.max(1, Math.floor(best.each.length / 3)) ? best.each : undefined;
};

/** How many letters to put in, take out or change (Levenshtein, 1965), by the table of two rows of Wagner and Fischer, 1974. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (let i = 1; i <= Math.min(from.length, 128); i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};
