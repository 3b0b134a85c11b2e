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
 * A page of queued tasks, in the order of C6. It begins after a place and not after a number of tasks. A broken task has no place of its own:
 * it is listed behind the one before it, and left out if that ended a page.
 *
 * KEYS  1 ready  2 fresh  3 again  4 tasks
 * ARGV  1 now  2 limit  3 "again" or "fresh"  4 due time and  5 sequence number up to which it is known
 * Answer  { due, number and id, due, number and id ... } of again, and of ready and fresh; together one more than asked for if there are more
 */
export const LIST_QUEUED: string = `
local call, sub = redis.call, string.sub
local ready, fresh, again, tasks = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local limit, at, due, number = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
-- By halving: the first place from low on that does not come before (due, number).
local function firstAfter(low, high, placeAt)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if placeAt(middle) <= due .. number then low = middle + 1 else high = middle end
  end
  return low
end
local function placeOf(member, score) return string.format('%015.0f', tonumber(score)) .. sub(member, 1, 11) end
-- The task itself may have left: among those of one due time it is found by its number.
local function after(queue)
  return firstAfter(call('ZCOUNT', queue, '-inf', '(' .. due), call('ZCOUNT', queue, '-inf', due), function(middle)
    local entry = call('ZRANGE', queue, middle, middle, 'WITHSCORES')
    return placeOf(entry[1], entry[2])
  end)
end
local function readyAfter()
  return firstAfter(0, call('LLEN', ready), function(middle)
    return sub(call('HGET', tasks, call('LINDEX', ready, middle)) or '', 16, 41)
  end)
end
local first, second = {}, {}
local function add(answer, place, id)
  answer[#answer + 1] = sub(place, 1, 15)
  answer[#answer + 1] = sub(place, 16) .. id
end
if at == 'again' then
  local start = after(again)
  local entries = call('ZRANGE', again, start, start + limit, 'WITHSCORES')
  for i = 1, #entries, 2 do add(first, placeOf(entries[i], entries[i + 1]), sub(entries[i], 12)) end
end
local want = limit + 1 - #first / 2
if want > 0 then
  local isFirst = at == 'again'
  local start, other = isFirst and 0 or readyAfter(), isFirst and 0 or after(fresh)
  local heads = call('LRANGE', ready, start, start + want - 1)
  local entries = call('ZRANGE', fresh, other, other + want - 1, 'WITHSCORES')
  local i, j, last = 1, 1, '00000000000000000000000000'
  while #second < 2 * want and (entries[i] or heads[j]) do
    local timed, place = entries[i] and placeOf(entries[i], entries[i + 1]), nil
    if heads[j] then
      place = sub(call('HGET', tasks, heads[j]) or '', 16, 41)
      -- A broken task stands behind the one before it.
      if #place < 26 or string.find(place, '%X') then place = last end
    end
    if timed and not (place and place < timed) then
      last = timed
      add(second, timed, sub(entries[i], 12))
      i = i + 2
    else
      last = place
      add(second, place, heads[j])
      j = j + 1
    end
  end
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
