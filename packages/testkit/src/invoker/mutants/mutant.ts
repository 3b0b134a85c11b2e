import type { Delivery, InvokeContext, Invoker, JsonText, Labourer, Lease } from '@reeve/core';

/** An invoker with a fault that such programs have had. The kit is sound if it fails each. */
export interface InvokerMutant {
  readonly name: string;
  readonly mutate: (invoker: Invoker) => Invoker;
}

type Invoke = (invoke: Invoker['invoke'], labourer: Labourer, lease: Lease, context: InvokeContext) => Promise<Delivery>;

/** The invoker as it is, but for some of its members. */
export const altered = (invoker: Invoker, members: Partial<Invoker>): Invoker => ({
  ...(invoker.parallelism !== undefined && { parallelism: invoker.parallelism }),
  ...(invoker.check && { check: (labourer) => invoker.check?.(labourer) ?? [] }),
  invoke: (...args) => invoker.invoke(...args),
  ...members,
});

/**
 * A fault in each call by itself.
 * @param invoke has the sound invoker's as its first argument
 */
export const ofCalls = (name: string, invoke: Invoke): InvokerMutant => ({
  name,
  mutate: (invoker) => altered(invoker, { invoke: (...args) => invoke((...inner) => invoker.invoke(...inner), ...args) }),
});

/** A fault in what it hands on of the payload's text. */
export const ofTexts = (name: string, rewrite: (text: string) => string): InvokerMutant =>
  ofCalls(name, (invoke, labourer, lease, context) => invoke(labourer, { ...lease, payload: rewrite(lease.payload) as JsonText }, context));

/** A fault in what it makes of the payload's value. What is not JSON passes. */
export const ofValues = (name: string, change: (value: unknown) => unknown): InvokerMutant =>
  ofTexts(name, (text) => rewritten(text, change));

/** A fault in what it takes for the attempt, given the payload's members. */
export const ofLeases = (
  name: string,
  change: (lease: Lease, members: Readonly<Record<string, unknown>>) => Partial<Lease>,
): InvokerMutant =>
  ofCalls(name, (invoke, labourer, lease, context) => invoke(labourer, { ...lease, ...change(lease, membersOf(lease)) }, context));

const rewritten = (text: string, change: (value: unknown) => unknown): string => {
  try {
    return JSON.stringify(change(JSON.parse(text)));
  } catch {
    return text;
  }
};

const membersOf = ({ payload }: Lease): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(payload);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
