import type { Retention } from '../domain/labourer.ts';
import type { InputOf, OutputOf, Schema } from '../domain/schema.ts';
import type { Millis } from '../domain/time.ts';
import type { RetryDefinition } from './define-retry.ts';
import type { HealthDefinition } from './health-definition.ts';

export interface RateDefinition {
  readonly starts: number;
  /** Default 'second'. */
  readonly per?: 'second' | 'minute' | 'hour' | Millis;
  /** How many may start at once after a rest, beside those that are in time. Default: what falls into a tenth of a second, at least 1. */
  readonly burst?: number;
}

/** One type of worker, as a person writes it down. Lengths of time are whole milliseconds. */
export interface LabourerDefinition {
  /** Where the invoker sends the work, such as a Lambda ARN. Default: the labourer's name. */
  readonly target?: string;
  /** The cap: the most attempts that may run at once, over all orchestrators, while health is High. */
  readonly maxSimultaneousInvocations: number;
  readonly lease?: {
    /** The longest that one attempt may work without a heartbeat. Default 15 minutes. */
    readonly duration?: Millis;
    /** Grace after it: the time a worker has to stop and report. Default 5 minutes. */
    readonly cooldown?: Millis;
  };
  /** Attempts before a task is dead. Default 3. */
  readonly maxAttempts?: number;
  /**
   * When a failed attempt is tried again: a policy or a function, and what is different for some errors. Default: exponential from 1 s to
   * 5 minutes, with full jitter.
   */
  readonly retry?: RetryDefinition;
  /**
   * What a payload must be: a schema of zod, valibot, arktype or any other that keeps to Standard Schema. Only in code. Checked where a task is
   * enqueued, and again before a handler of this process gets what the schema makes of it.
   */
  readonly schema?: Schema;
  /** What a handler's result must be, in the same way: it is kept as it was given, and `result()` answers what the schema makes of it. */
  readonly result?: Schema;
  /** The priority of tasks that are enqueued without one, from 0 to 9: the higher, the sooner. Default 0. */
  readonly priority?: number;
  /** Tasks that are enqueued without an expiry are dropped if none of their attempts started within so long of their due time. Default: never. */
  readonly expireAfter?: Millis;
  /** How many attempts may start in a time, over all orchestrators. Default: as many as the cap allows. */
  readonly rate?: RateDefinition;
  /** By the name of a resource: how many of its units each running attempt takes. */
  readonly draws?: Readonly<Record<string, number>>;
  /** The most attempts with one key, such as a tenant, that may run at once, over all orchestrators; keys take turns. Default: keys do not count. */
  readonly perKey?: number;
  /** How many attempts with one key may start in a time, over all orchestrators; keys take turns. Default: as many as the rest allows. */
  readonly ratePerKey?: RateDefinition;
  /** How long ended tasks are kept: completed ones, and dead, cancelled and dropped ones. Default: as the store keeps them. */
  readonly keep?: Retention;
  /** What its health is read from, and how the cap follows. Default: health is what providers say, and the whole cap without any. */
  readonly health?: HealthDefinition;
  /** Settings that only the labourer's invoker or ecology understands. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export type LabourerDefinitions = Readonly<Record<string, LabourerDefinition>>;

/** What is enqueued for a labourer of this definition. Without a schema: unknown. */
export type PayloadOf<Definition> = Definition extends { readonly schema: infer S } ? InputOf<S> : unknown;
/** What its handler gets: what the schema makes of the payload. */
export type ParsedOf<Definition> = Definition extends { readonly schema: infer S } ? OutputOf<S> : unknown;
/** What its handler returns. */
export type ReturnedOf<Definition> = Definition extends { readonly result: infer S } ? InputOf<S> : unknown;
/** What `result()` answers: what the schema makes of what the handler returned. */
export type ResultOf<Definition> = Definition extends { readonly result: infer S } ? OutputOf<S> : unknown;

/** Definitions whose types are inferred may have no members that nobody knows: a misspelt one does not compile. */
export type Known<Definition> = Definition & { readonly [Name in Exclude<keyof Definition, keyof LabourerDefinition>]: never };
export type AllKnown<Definitions> = { readonly [Name in keyof Definitions]: Known<Definitions[Name]> };

/** One definition in a place of its own, such as beside its handler. It is answered as it is, with the types of its schemas. */
export const defineLabourer = <Definition extends LabourerDefinition>(definition: Known<Definition>): Definition => definition;
