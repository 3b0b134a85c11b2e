export const ENDED_STATES = ['completed', 'dead', 'cancelled', 'dropped'] as const;

export type EndedState = (typeof ENDED_STATES)[number];

/**
 * A text for each state, the state written into it. Were the state a parameter, SQLite would have to look at its value to tell that
 * an index of `WHERE state = 'queued'` does not serve, and would therefore compile the statement again each time the value changes:
 * 30 us, where a step into the right index takes 1.
 */
export const forEachState = (text: (state: EndedState) => string): Readonly<Record<EndedState, string>> => ({
  completed: text('completed'),
  dead: text('dead'),
  cancelled: text('cancelled'),
  dropped: text('dropped'),
});
