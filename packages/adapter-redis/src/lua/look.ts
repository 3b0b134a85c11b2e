/** What the reading side asks. None of these writes. */

/**
 * All that is stored of some tasks.
 *
 * KEYS  1 tasks  2 back  3 leases  4 overdue  5 ended      ARGV  1 now, then the ids
 * Answer  for each key: its values, in the order of the ids
 */
export const LOOK: string = `
local answer = {}
for k = 1, 5 do answer[k] = redis.call('HMGET', KEYS[k], unpack(ARGV, 2)) end
return answer
`;

/**
 * A page of queued tasks, in the order of C6. It begins after a place and not after a number of tasks.
 *
 * KEYS  1 fresh  2 again      ARGV  1 now  2 limit  3 "again" or "fresh"  4 due  5 member, up to which it is known
 * Answer  { member, due, member, due ... } of again, and of fresh; together one more than asked for if there are more
 */
export const LIST_QUEUED: string = `
local call, sub = redis.call, string.sub
local limit, at, due, number = tonumber(ARGV[2]), ARGV[3], ARGV[4], sub(ARGV[5], 1, 11)
-- The first past (due, number). The task itself may have left: among those of one due time it is found by halving.
local function after(queue)
  local low, high = call('ZCOUNT', queue, '-inf', '(' .. due), call('ZCOUNT', queue, '-inf', due)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if sub(call('ZRANGE', queue, middle, middle)[1], 1, 11) <= number then low = middle + 1 else high = middle end
  end
  return low
end
local first, second = {}, {}
if at == 'again' then
  local start = after(KEYS[2])
  first = call('ZRANGE', KEYS[2], start, start + limit, 'WITHSCORES')
end
local want = limit + 1 - #first / 2
if want > 0 then
  local start = at == 'fresh' and after(KEYS[1]) or 0
  second = call('ZRANGE', KEYS[1], start, start + want - 1, 'WITHSCORES')
end
return { first, second }
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
 * Every lease, also those past their deadline.
 *
 * KEYS  1 leases  2 overdue      ARGV  1 now      Answer  { id, lease, id, lease ... }, twice
 */
export const LEASES: string = `
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
`;
