import type { AdaptiveKind } from '@reeve/core';
import { findFixedCap } from './find-fixed-cap.ts';
import type { Summary } from './moment.ts';
import { rehearse } from './rehearse.ts';
import type { Scenario } from './scenarios.ts';

/** How a policy did, beside the best fixed cap. */
export interface Compared {
  readonly policy: string;
  /** The share of the time in which the downstream was under its limit. */
  readonly underLimit: number;
  /** What was completed, as a share of what the best fixed cap completes. */
  readonly done: number;
  readonly summary: Summary;
}

export interface Comparison {
  readonly scenario: string;
  /** The cap of the policy: what a limit may grow to. */
  readonly most: number;
  readonly best: { readonly cap: number; readonly underLimit: number; readonly throughput: number };
  readonly compared: readonly Compared[];
}

export const ADAPTIVE_KINDS: readonly AdaptiveKind[] = ['aimd', 'vegas', 'gradient2'];

/** Who guesses the cap is seldom right: half of the best, and twice as many. */
const GUESSES = [0.5, 2];

/** Holds the adaptive caps, with their defaults, against the best fixed cap and against two that were guessed. */
export const compareCaps = async (
  { name, request, capacity }: Scenario,
  kinds: readonly AdaptiveKind[] = ADAPTIVE_KINDS,
): Promise<Comparison> => {
  const { cap, summary: best } = await findFixedCap(request, { guess: capacity });
  const { policy } = request;
  const against = async (what: string, own: Partial<typeof policy>): Promise<Compared> => {
    const { summary } = await rehearse({ ...request, policy: { ...policy, ...own } });
    return { policy: what, underLimit: summary.underLimit, done: summary.completed / Math.max(1, best.completed), summary };
  };
  const compared: Compared[] = [];
  for (const share of GUESSES) {
    const guess = Math.max(1, Math.round(cap * share));
    compared.push(await against(`fixed at ${guess}`, { maxSimultaneousInvocations: guess }));
  }
  for (const kind of kinds) compared.push(await against(kind, { health: { ...policy.health, adaptive: kind } }));
  return {
    scenario: name,
    most: policy.maxSimultaneousInvocations,
    best: { cap, underLimit: best.underLimit, throughput: best.throughput },
    compared,
  };
};
