/**
 * Tasks of a priority above 0, ready or tried before, wait in `again` with scores below 0: so the claim that looks there for retries finds them
 * first, and while there are none it asks for nothing more. A band of scores for each priority and, within it, for those that go first: the
 * last band is just below 0. All are whole numbers above -2^53, so a double holds them exactly. Their members begin with "U".
 */

/** How wide a band is: due times beyond it (the year 17814) are kept in the task, and count as its end here. */
export const WIDTH = 500_000_000_000_000;
const BANDS = 18;

/** Lua: the first score of a band from 0 on. */
export const lowOf = (band: string): string => `(${band} - ${BANDS}) * ${WIDTH}`;

/** Lua: the score of a task of this priority. `place`: 0 if it was tried or released before, else 1. */
export const scoreOf = (priority: string, place: 0 | 1, due: string): string =>
  `fmt('%.0f', ${lowOf(`((9 - ${priority}) * 2 + ${place})`)} + min(${due}, ${WIDTH - 1}))`;

/** Lua: the member of a task of this priority. */
export const urgentMember = (number: string, id: string): string => `'U' .. sub(${number}, 2) .. ${id}`;

/** For FIRST_DUE: into `a` the first due time of all that is in `again`, of each band and of those of no priority; nil if there is none. */
export const FIRST_URGENT: string = `
    a = call('ZRANGEBYSCORE', again, 0, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
    for band = 0, ${BANDS - 1} do
      local low = ${lowOf('band')}
      local first = call('ZRANGEBYSCORE', again, fmt('%.0f', low), fmt('(%.0f', low + ${WIDTH}), 'WITHSCORES', 'LIMIT', 0, 1)[2]
      if first then a = a and min(tonumber(a), tonumber(first) - low) or tonumber(first) - low end
    end
`;

/**
 * For CLAIM, when something urgent waits: `members` are the first `want` that are due, of the first band that has some from `band` on, else those of no
 * priority. They are taken out.
 */
export const TAKE_URGENT: string = `
      members = {}
      while #members == 0 and band < ${BANDS} do
        local low = ${lowOf('band')}
        members = call('ZRANGEBYSCORE', again, fmt('%.0f', low), fmt('%.0f', low + min(now, ${WIDTH - 1})), 'LIMIT', 0, want)
        if #members == 0 then band = band + 1 end
      end
      if #members == 0 then members = call('ZRANGEBYSCORE', again, 0, now, 'LIMIT', 0, want) end
      mayBeAgain = #members > 0
      if mayBeAgain then call('ZREM', again, unpack(members)) end
`;

/** For CENSUS: into `come` and `timed` how many urgent ones are due, and how many there are. */
export const COUNT_URGENT: string = `
  local urgent = call('ZCOUNT', again, '-inf', '(0')
  if urgent > 0 then
    come = come - urgent
    for band = 0, ${BANDS - 1} do
      local low = ${lowOf('band')}
      come = come + call('ZCOUNT', again, fmt('%.0f', low), fmt('%.0f', low + min(now, ${WIDTH - 1})))
    end
  end
`;
