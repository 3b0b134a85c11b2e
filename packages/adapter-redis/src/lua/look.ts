/** What the reading side asks. None of these writes. */
import { END_RANGE } from './ends.ts';

/**
 * All that is stored of some tasks.
 *
 * KEYS  1 tasks  2 back  3 leases  4 overdue  5 ended  6 notes      ARGV  1 now, then the ids
 * Answer  for each key: its values, in the order of the ids
 */
export const LOOK: string = `
local answer, errors = {}, {}
for i = 2, #ARGV do errors[i - 1] = 'e' .. ARGV[i] end
for k = 1, 5 do answer[k] = redis.call('HMGET', KEYS[k], unpack(ARGV, 2)) end
answer[6] = redis.call('HMGET', KEYS[6], unpack(errors))
return answer
`;

/**
 * A page of ended tasks, the newest first. A place in the list is its number since the list began, so that what is
 * taken off the old end moves no other.
 *
 * KEYS  1 list  2 meta      ARGV  1 now  2 limit  3 the name of the list in meta  4 the place before which to begin, or empty
 * Answer  { the place of the last of the page, 1 if there are more, the ids from the oldest on ... }
 */
export const LIST_ENDED: string = `
local call = redis.call
local limit, name = tonumber(ARGV[2]), ARGV[3]
local gone = tonumber(call('HGET', KEYS[2], name .. 'gone') or 0)
local least = gone + tonumber(call('HGET', KEYS[2], name .. 'bare') or 0)
local top = gone + call('LLEN', KEYS[1]) - 1
if ARGV[4] ~= '' then top = math.min(top, tonumber(ARGV[4]) - 1) end
local low = math.max(least, top - limit + 1)
if top < low then return { low, 0 } end
return { low, low > least and 1 or 0, unpack(call('LRANGE', KEYS[1], low - gone, top - gone)) }
`;

/**
 * As LIST_ENDED, of a kind that is in `ends`; behind those, what the first layout has in a list.
 *
 * KEYS  1 ends  2 meta  3 what the first layout has of the kind, if it has any
 * ARGV  1 now  2 limit  3 the kind's letter  4 its first score  5 the score before which to begin, or "" for the newest, or "list"
 *       6 the name of the list in meta  7 the place in the list before which to begin, or empty
 * Answer  { the score of the last of the page, the place of the last of the page in the list, 1 if there are more, the ids from the newest on ... };
 *         "" for no score and no place
 */
export const LIST_ENDS: string = `
local call, sub, fmt = redis.call, string.sub, string.format
local limit, kind, low, name = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[6]
local answer = { '', '', 0 }
if ARGV[5] ~= 'list' then
  local from = call('HGET', KEYS[2], 'bare' .. kind) or low
  local to = ARGV[5] ~= '' and '(' .. ARGV[5] or fmt('(%.0f', tonumber(low) + ${END_RANGE})
  local pairs = call('ZREVRANGEBYSCORE', KEYS[1], to, '(' .. from, 'WITHSCORES', 'LIMIT', 0, limit + 1)
  for i = 1, math.min(#pairs, 2 * limit), 2 do
    answer[1] = fmt('%.0f', tonumber(pairs[i + 1]))
    answer[#answer + 1] = sub(pairs[i], 2)
  end
  if #pairs > 2 * limit then answer[3] = 1 end
end
if answer[3] == 0 and KEYS[3] then
  local gone = tonumber(call('HGET', KEYS[2], name .. 'gone') or 0)
  local least = gone + tonumber(call('HGET', KEYS[2], name .. 'bare') or 0)
  local top = gone + call('LLEN', KEYS[3]) - 1
  if ARGV[7] ~= '' then top = math.min(top, tonumber(ARGV[7]) - 1) end
  local bottom = math.max(least, top - (limit - (#answer - 3)) + 1)
  if top >= least then
    local ids = top >= bottom and call('LRANGE', KEYS[3], bottom - gone, top - gone) or {}
    for i = #ids, 1, -1 do answer[#answer + 1] = ids[i] end
    if #ids > 0 then answer[2] = fmt('%.0f', bottom) end
    if bottom > least then answer[3] = 1 end
  end
end
return answer
`;

/**
 * Every lease, also those past their deadline.
 *
 * KEYS  1 leases  2 overdue      ARGV  1 now      Answer  { id, lease, id, lease ... }, twice
 */
export const LEASES: string = `
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
`;
