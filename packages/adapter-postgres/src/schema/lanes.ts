/**
 * Where a task of `again` stands among the others of its labourer: by priority, and those of one priority that are tried again before the
 * fresh ones. So a lane is twice what the priority lacks to the highest, and one more if it is fresh. A plain task, in `ready`, would be of
 * the last.
 */
export const LAST_LANE = 19;

/** Tasks with a key have lanes of their own, in the same order after those without: so either kind is found without the other. */
export const KEYED = 20;
export const LAST_KEYED: number = KEYED + LAST_LANE;

/**
 * @param priority an expression
 * @param key an expression
 */
export const laneOf = (priority: string, key: string, fresh: boolean): string =>
  `18 - 2 * ${priority}${fresh ? ' + 1' : ''} + CASE WHEN ${key} IS NULL THEN 0 ELSE ${KEYED} END`;

/** @param lane an expression */
export const priorityOf = (lane: string): string => `9 - ${lane} % ${KEYED} / 2`;
