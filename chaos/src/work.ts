/** What is done under faults: which tasks there are, what each does, and what has to become of it. All of it follows from the number. */
import type { LabourerDefinitions, Millis } from '@reeve/core';

/** `mill` has the many short tasks, `forge` the few long ones that need heartbeats. */
export type LabourerName = 'mill' | 'forge';

/**
 * - `plain`   works for some milliseconds
 * - `flaky`   fails once, and then works
 * - `poison`  fails for good: it ends dead
 * - `long`    works longer than its lease, with heartbeats, and stops when it is told to
 * - `deaf`    the first time it works longer than its lease, without heartbeats, and does not hear that it is to stop
 */
export type TaskKind = 'plain' | 'flaky' | 'poison' | 'long' | 'deaf';

export interface Work {
  readonly number: number;
  readonly labourer: LabourerName;
  readonly kind: TaskKind;
}

export const CAPS: Readonly<Record<LabourerName, number>> = { mill: 30, forge: 4 };
export const LABOURERS: readonly LabourerName[] = ['mill', 'forge'];

export const workOf = (number: number): Work => {
  const kind = kindOf(number);
  return { number, kind, labourer: kind === 'long' || kind === 'deaf' ? 'forge' : 'mill' };
};

const kindOf = (number: number): TaskKind => {
  if (number % 4_000 === 77) return 'deaf';
  if (number % 2_000 === 33) return 'long';
  if (number % 500 === 13) return 'poison';
  return number % 50 === 7 ? 'flaky' : 'plain';
};

export const idOf = (number: number): string => `task-${number}`;
export const numberOf = (id: string): number => Number(id.slice('task-'.length));

/** A lease's time to work and its time to stop. */
export interface LeaseParts {
  readonly duration: Millis;
  readonly cooldown: Millis;
}

export const leaseOf = (length: Millis): LeaseParts => ({ duration: Math.round(length * 0.75), cooldown: Math.round(length * 0.25) });

/** How long an attempt works, in milliseconds. */
export const effortOf = ({ number, kind }: Work, attempt: number, { duration, cooldown }: LeaseParts): Millis => {
  if (kind === 'long') return 1.2 * (duration + cooldown);
  if (kind === 'deaf' && attempt === 1) return 1.5 * (duration + cooldown);
  return 5 + (number % 83);
};

export const labourersOf = (lease: Millis): LabourerDefinitions => {
  const common = {
    lease: leaseOf(lease),
    maxAttempts: 1_000, // a task whose processes are killed again and again is no dead task
    retry: { kind: 'exponential', base: 50, limit: 1_000 },
  } as const;
  return { mill: { ...common, maxSimultaneousInvocations: CAPS.mill }, forge: { ...common, maxSimultaneousInvocations: CAPS.forge } };
};
