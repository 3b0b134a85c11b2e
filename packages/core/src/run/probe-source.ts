import { configFault } from '../decide/config-fault.ts';
import { textProblem } from '../decide/text-problem.ts';
import type { Json } from '../domain/json.ts';
import { type EpochMs, MINUTE, type Millis } from '../domain/time.ts';
import type { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Problem } from '../ports/invoker.ts';
import type { MetricSource, Sample } from '../ports/metric-source.ts';
import { sourceSilent } from './source-faults.ts';

export interface ProbeContext {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** A number that was measured now, or at an instant; nothing: there is no data. */
export type ProbeAnswer = number | { readonly value: number; readonly at: EpochMs | Date } | undefined;

/** Measures one thing. What it throws means that there is no data, and why. */
export type Probe = (context: ProbeContext) => ProbeAnswer | Promise<ProbeAnswer>;

export type Probes = Readonly<Record<string, Probe>>;

/** A call that has not ended after so long is lost, and another may be made. */
const LOST_AFTER: Millis = MINUTE;

/** @throws ReeveError INVALID_PROBES that lists all that is wrong */
export const checkProbes = (probes: Probes): Probes => {
  const names = typeof probes === 'object' && probes !== null ? Object.keys(probes) : [];
  const problems: Problem[] = names.flatMap((name) => {
    const path = `probes.${name.slice(0, 128)}`;
    const flaw = textProblem(name, 128);
    if (flaw) return [{ path, problem: `${flaw}; give a name of 1 to 128 characters` }];
    const probe: unknown = probes[name];
    return typeof probe === 'function' ? [] : [{ path, problem: `is ${typeof probe}; give a function, httpProbe(...) or sqlProbe(...)` }];
  });
  if (names.length === 0) problems.push({ path: 'probes', problem: 'there are none; give at least one, by name' });
  if (problems.length > 0) throw probeFault(problems);
  return probes;
};

export const probeFault = (problems: readonly Problem[]): ReeveError =>
  configFault(problems, 'The probes cannot be made as they are written:', 'INVALID_PROBES');

/** Numbers that functions of this process measure. A query is the name of one. */
export class ProbeSource implements MetricSource {
  readonly name: string = 'probe';
  readonly #probes: Probes;
  readonly #clock: Clock;
  /** Since when the call of each has been under way that has not ended. */
  readonly #underWay = new Map<string, EpochMs>();

  constructor(probes: Probes, clock: Clock) {
    this.#probes = checkProbes(probes);
    this.#clock = clock;
  }

  check(query: Json): string | undefined {
    if (typeof query === 'string' && Object.hasOwn(this.#probes, query)) return undefined;
    const shown = typeof query === 'string' ? JSON.stringify(query.slice(0, 128)) : 'no name';
    return `query: ${shown} is not the name of a probe; known are ${Object.keys(this.#probes).join(', ')}`;
  }

  read(queries: readonly Json[], signal: AbortSignal): Promise<readonly Sample[]> {
    const once = new Map([...new Set(queries)].map((each) => [each, this.#one(each, signal)]));
    return Promise.all(queries.map((each) => once.get(each) as Promise<Sample>));
  }

  /** One that hangs is given up with the signal, and keeps none of the others. */
  async #one(query: Json, signal: AbortSignal): Promise<Sample> {
    const problem = this.check(query);
    if (problem !== undefined || typeof query !== 'string') return { kind: 'failed', error: problem };
    const probe = this.#probes[query] as Probe;
    const since = this.#underWay.get(query);
    const age = since === undefined ? LOST_AFTER : this.#clock.now() - since;
    // One that hangs is not called again and again: each call may hold a connection that others need.
    if (age >= 0 && age < LOST_AFTER) return { kind: 'failed', error: sourceSilent(`the last call of probe ${query}`) };
    if (signal.aborted) return { kind: 'failed', error: sourceSilent(`probe ${query}`) };
    let onAbort = (): void => {};
    const aborted = new Promise<never>((_, fail) => {
      onAbort = () => fail(sourceSilent(`probe ${query}`));
      signal.addEventListener('abort', onAbort);
    });
    try {
      return sampleOf(query, await Promise.race([this.#call(query, probe, signal), aborted]), this.#clock.now());
    } catch (error) {
      return { kind: 'failed', error };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #call(name: string, probe: Probe, signal: AbortSignal): Promise<unknown> {
    const began = this.#clock.now();
    this.#underWay.set(name, began);
    try {
      return await probe({ signal, clock: this.#clock });
    } finally {
      if (this.#underWay.get(name) === began) this.#underWay.delete(name); // not that of one that was made since
    }
  }
}

const sampleOf = (name: string, answer: unknown, now: EpochMs): Sample => {
  if (answer === undefined || answer === null) return { kind: 'none' };
  const isTimed = typeof answer === 'object';
  const { value, at } = isTimed ? (answer as { readonly value?: unknown; readonly at?: unknown }) : { value: answer, at: now };
  if (typeof value !== 'number') throw new TypeError(`probe ${name} answered a value of type ${typeof value}; let it answer a number`);
  const instant = at instanceof Date ? at.getTime() : at;
  if (typeof instant !== 'number' || !Number.isFinite(instant))
    throw new TypeError(`probe ${name} answered a number of no instant; let "at" be a Date or milliseconds`);
  return Number.isFinite(value) ? { kind: 'value', value, at: instant } : { kind: 'none' };
};
