/** Scripts that look at any number of labourers: on one server all in one call, with several a call for each. */
import { EXPIRE, FIRST_DUE, PRELUDE } from './prelude.ts';
import { COUNT_KEYED, FIRST_KEYED } from './turns.ts';
import { COUNT_URGENT } from './urgent.ts';

/**
 * Who has something due.
 *
 * KEYS  for each labourer: ready, fresh, again, keyed      ARGV  1 now      Answer  1 or 0 for each
 */
export const DUE: string = `${PRELUDE}
local answer = {}
for k = 1, #KEYS, 4 do
  local ready, fresh, again, keyed, due = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], nil
  ${FIRST_DUE}${FIRST_KEYED}
  answer[#answer + 1] = due and due <= now and 1 or 0
end
return answer
`;

/**
 * Leases past their deadline, the oldest first.
 *
 * KEYS  for each labourer: leases, overdue, order of the overdue, meta, heads, turns      ARGV  1 now  2 limit
 * Answer  for each labourer: id, deadline, id, deadline ...
 */
export const EXPIRED: string = `${PRELUDE}
local answer = {}
for k = 1, #KEYS, 6 do
  local leases, overdue, order, meta, heads, turns = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 4], KEYS[k + 5]
  ${EXPIRE}
  answer[#answer + 1] = call('ZRANGE', order, 0, ARGV[2] - 1, 'WITHSCORES')
end
return answer
`;

/**
 * How many tasks are in each state.
 *
 * KEYS  for each labourer: ready, fresh, again, leases, overdue, order of the overdue, meta, heads, turns, keyed      ARGV  1 now
 * Answer  for each labourer: due, waiting, running, expired
 */
export const CENSUS: string = `${PRELUDE}
local answer = {}
for k = 1, #KEYS, 10 do
  local ready, fresh, again = KEYS[k], KEYS[k + 1], KEYS[k + 2]
  local leases, overdue, order, meta = KEYS[k + 3], KEYS[k + 4], KEYS[k + 5], KEYS[k + 6]
  local heads, turns, keyed = KEYS[k + 7], KEYS[k + 8], KEYS[k + 9]
  ${EXPIRE}
  local timed = call('ZCARD', fresh) + call('ZCARD', again)
  local come = call('ZCOUNT', fresh, '-inf', now) + call('ZCOUNT', again, '-inf', now)
  ${COUNT_URGENT}${COUNT_KEYED}
  -- What was cancelled where it was ready has left a gap there, until a claim comes by.
  local gaps = tonumber(call('HGET', meta, 'gaps') or 0)
  answer[#answer + 1] = { call('LLEN', ready) - gaps + come, timed - come, call('HLEN', leases), call('ZCARD', order) }
end
return answer
`;
