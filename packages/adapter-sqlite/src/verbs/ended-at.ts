/**
 * For SET: the instant of an end. A task that was queued again after its end ends at an instant of its own, also within one
 * millisecond of the first or when the clock was set back: the two are told apart by it in the outbox (U3).
 * @param at where now is among the statement's values: `?5`
 */
export const endedAt = (at: string): string => `ended_at = max(${at}, coalesce(taken_out + 1, ${at}))`;
