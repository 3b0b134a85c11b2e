/** The functions of Reeve. Each has a role of its own, for each needs other things. */
export const ESSENTIALS = ['orchestrator', 'scavenger', 'scheduler', 'assistant'] as const;

export type EssentialName = (typeof ESSENTIALS)[number];
