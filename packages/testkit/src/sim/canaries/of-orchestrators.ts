import { Orchestrator } from '@reeve/core';
import type { SimOptions } from '../options.ts';
import type { Canary } from './canary.ts';
import { plainOrchestrator } from './plain-orchestrator.ts';

/** Only called at intervals, and for workers that report by themselves. */
const afterSosw = ({ workers }: SimOptions): Partial<SimOptions> => ({ ticking: 2, daemons: 0, workers: Math.max(1, workers) });

const single = (drawn: SimOptions): Partial<SimOptions> => ({
  ...afterSosw(drawn),
  weather: 'changing',
  versions: drawn.versions.map((each) =>
    Object.fromEntries(Object.entries(each).map(([name, definition]) => [name, { ...definition, maxSimultaneousInvocations: 1 }])),
  ),
});

/** Faults of whoever starts the work. */
export const orchestratorCanaries: readonly Canary[] = [
  {
    name: 'takes an answer that was lost for a refusal, and queues the task again',
    breaks: ['started', 'overlap'],
    within: 60,
    planted: {
      wrapInvoker: (invoker) => ({
        invoke: (labourer, lease, context) =>
          invoker.invoke(labourer, lease, context).catch((error: unknown) => ({ kind: 'refused' as const, reason: String(error) })),
      }),
    },
  },
  {
    name: 'does not hear of work that others made while it was idle',
    of: 'BullMQ: lost wake-ups',
    breaks: ['ends', 'prompt'],
    within: 20,
    adjust: () => ({ ticking: 0, daemons: 1 }),
    planted: {
      makeOrchestrator: (parts) =>
        new Orchestrator({ ...parts, store: { ...parts.store, labourersWithDue: async () => new Set<string>() } }),
    },
  },
  {
    name: 'lets a failed invocation keep its place and end the round for all',
    of: 'sosw 2',
    breaks: ['prompt', 'attempts', 'ends'],
    within: 20,
    adjust: afterSosw,
    planted: { makeOrchestrator: plainOrchestrator('a refusal') },
  },
  {
    name: 'lets a payload that is no object end the round for all, once the task is marked',
    of: 'sosw 5',
    breaks: ['prompt', 'attempts', 'ends'],
    within: 20,
    adjust: afterSosw,
    planted: { makeOrchestrator: plainOrchestrator('a payload') },
  },
  {
    name: 'lets the health of one labourer that cannot be seen end the round for all',
    of: 'sosw 7',
    breaks: ['prompt', 'ends'],
    within: 40,
    adjust: (drawn) => ({ ...afterSosw(drawn), weather: 'stormy' }),
    planted: { makeOrchestrator: plainOrchestrator('a health') },
  },
  {
    name: 'starts nothing of a cap of one while health is not at its best',
    of: 'sosw 12',
    breaks: ['prompt', 'ends'],
    within: 20,
    adjust: single,
    planted: { makeOrchestrator: plainOrchestrator('the floor') },
  },
];
