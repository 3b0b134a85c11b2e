import type { End } from '@reeve/core';

export type EndedState = End['state'];

export const ENDED_STATES: readonly EndedState[] = ['completed', 'dead', 'cancelled', 'dropped'];

/**
 * Statements for each state, the state written into it. Were the state a parameter, SQLite would have to look at its value to tell that
 * an index of `WHERE state = 'queued'` does not serve, and would therefore compile the statement again each time the value changes:
 * 30 us, where a step into the right index takes 1.
 */
export const forEachState = <Made>(make: (state: EndedState) => Made): Readonly<Record<EndedState, Made>> => ({
  completed: make('completed'),
  dead: make('dead'),
  cancelled: make('cancelled'),
  dropped: make('dropped'),
});
