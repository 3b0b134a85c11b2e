import { types } from 'node:util';
import type { Retry, RetryFunction, RetryPolicy, RetryRule } from '../domain/retry-policy.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { DEFAULT_RETRY } from './after-failure.ts';
import type { Field } from './field-reader.ts';

/** How long a task waits before its next attempt, as a person writes it down. A function only in code. */
export type RetryPolicyDefinition =
  | {
      readonly kind?: 'exponential';
      /** Default 1 s. */
      readonly base?: Millis;
      /** Default 5 minutes. */
      readonly limit?: Millis;
      /** `full`: a random part of the wait, so that what failed together does not come back together. Default 'full'. */
      readonly jitter?: 'full' | 'none';
    }
  /** The step is the lease's duration unless given, as in sosw. */
  | { readonly kind: 'linear'; readonly step?: Millis; readonly limit?: Millis }
  | { readonly kind: 'fixed'; readonly wait: Millis }
  | { readonly kind: 'function'; readonly decide: RetryFunction };

/** What is different for some errors: a policy, `maxAttempts`, or both. */
export interface RetryRuleDefinition {
  /** The name in front of the error: `TimeoutError`, also of `java.net.TimeoutError: ...`. Or, only in code, a RegExp for its whole text. */
  readonly match: string | RegExp;
  /** `dead`: no other attempt. Default: the labourer's. */
  readonly policy?: RetryPolicyDefinition | RetryFunction | 'dead';
  /** Attempts, for whatever reason they failed, before a task that fails so is dead. Default: the labourer's. */
  readonly maxAttempts?: number;
}

export type RetryDefinition = RetryFunction | (RetryPolicyDefinition & { readonly on?: readonly RetryRuleDefinition[] });

const LONGEST_WAIT: Millis = 7 * DAY;
const MOST_RULES = 100;

/** @param duration of the lease */
export const retryOf = (field: Field, duration: Millis): Retry => {
  const policy = policyOf(field, duration, ['on']);
  const on = field.member('on');
  if (!on.isGiven) return policy;
  return { ...policy, on: Object.freeze(on.items(MOST_RULES).map((each) => Object.freeze(ruleOf(each, duration)))) };
};

const MEMBERS = { exponential: ['base', 'limit', 'jitter'], linear: ['step', 'limit'], fixed: ['wait'], function: ['decide'] } as const;
const KINDS = ['exponential', 'linear', 'fixed', 'function'] as const;

const policyOf = (field: Field, duration: Millis, beside: readonly string[] = []): RetryPolicy => {
  if (typeof field.value === 'function') return { kind: 'function', decide: field.value as RetryFunction };
  const given = field.member('kind');
  const kind = given.oneOf(KINDS, 'exponential');
  const isMisspelt = given.isGiven && !given.equals(kind);
  // Of a policy that is none, the members of all may stand: one mistake is reported once.
  const names = isMisspelt ? Object.values(MEMBERS).flat() : MEMBERS[kind];
  const own = field.members(['kind', ...names, ...beside]);
  const limitOr = (otherwise: Millis): Millis => own.field('limit').whole(0, LONGEST_WAIT, otherwise);
  switch (kind) {
    case 'fixed':
      return { kind, wait: own.field('wait').whole(0, LONGEST_WAIT) };
    case 'linear':
      return { kind, step: own.field('step').whole(0, LONGEST_WAIT, duration), limit: limitOr(LONGEST_WAIT) };
    case 'function':
      return { kind, decide: functionOf(own.field('decide')) };
    case 'exponential': {
      const base = own.field('base').whole(0, LONGEST_WAIT, DEFAULT_RETRY.base);
      const jitter = own.field('jitter').oneOf(['full', 'none'], 'full');
      return { kind, base, limit: limitOr(DEFAULT_RETRY.limit), ...(jitter === 'none' && { jitter }) };
    }
  }
};

const functionOf = (field: Field): RetryFunction => {
  if (typeof field.value === 'function') return field.value as RetryFunction;
  field.refuse('is no function; give ({ attempt, error, name }) => milliseconds to wait, or "dead"');
  return () => 'dead';
};

const ruleOf = (field: Field, duration: Millis): RetryRule => {
  const own = field.members(['match', 'policy', 'maxAttempts']);
  const match = matchOf(own.field('match'));
  const [policy, maxAttempts] = [own.field('policy'), own.field('maxAttempts')];
  if (!policy.isGiven && !maxAttempts.isGiven) field.refuse('changes nothing; give a policy (or "dead"), maxAttempts, or both');
  return {
    match,
    ...(policy.isGiven && { policy: rulePolicyOf(policy, duration) }),
    ...(maxAttempts.isGiven && { maxAttempts: maxAttempts.whole(1, 1_000) }),
  };
};

const rulePolicyOf = (field: Field, duration: Millis): RetryPolicy | 'dead' => {
  if (field.equals('dead')) return 'dead';
  if (typeof field.value !== 'string') return Object.freeze(policyOf(field, duration));
  field.refuse('is a text; give a policy, such as { kind: "fixed", wait: 5000 }, or "dead"');
  return 'dead';
};

const matchOf = (field: Field): string | RegExp => {
  const { value } = field;
  // Without `g` and `y`, under which an expression remembers where it stopped, and matches only every other time.
  if (types.isRegExp(value)) return new RegExp(value.source, value.flags.replaceAll(/[gy]/g, ''));
  if (typeof value === 'string' && value.length <= 200 && /^\S*[^\s:]$/.test(value)) return value;
  field.refuse(
    `${value === undefined ? 'is missing' : 'is no name'}; give the name in front of an error, such as "TimeoutError", or a RegExp for its whole text`,
  );
  return '';
};
