import { lowOf, WIDTH } from './urgent.ts';

/**
 * A page of queued tasks, in the order of C6. It begins after a place and not after a number of tasks. A broken task has no place of its own:
 * it is listed behind the one before it, and left out if that ended a page.
 *
 * Three groups follow each other: those of a priority and then the retried and released of none, which are one sorted set, and the fresh ones
 * of none, which are merged from two queues. A place is a group, a due time (of a priority: its score, from the lowest) and a sequence number.
 *
 * Those with a key are a list of their own, in the same order: whoever asks puts the two together.
 *
 * KEYS  1 ready  2 fresh  3 again  4 tasks  5 keyed
 * ARGV  1 now  2 limit  3 "urgent", "again" or "fresh"  4 due time and  5 sequence number up to which it is known
 * Answer  twice { group, due, number and id, group, due, number and id ... }, without a key and with one: one more than asked for if there are more
 */
export const LIST_QUEUED: string = `
local call, sub, fmt = redis.call, string.sub, string.format
local ready, fresh, again, tasks = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local limit, at, due, number = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local lowest = ${lowOf('0')}
local answer, others = {}, {}
local function add(group, place, member)
  answer[#answer + 1] = group
  answer[#answer + 1] = place
  answer[#answer + 1] = member
end
local function want() return limit + 1 - #answer / 3 end
-- By halving: the first place from low on that does not come before the one that is known. Within it \`numberAt\` grows.
local function firstAfter(low, high, numberAt)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if numberAt(middle) <= number then low = middle + 1 else high = middle end
  end
  return low
end
-- The task itself may have left: among those of one score it is found by its number.
local function after(queue, score)
  return firstAfter(call('ZCOUNT', queue, '-inf', '(' .. score), call('ZCOUNT', queue, '-inf', score), function(middle)
    return sub(call('ZRANGE', queue, middle, middle)[1], 1, 11)
  end)
end
local function addRange(group, first, last, base)
  local entries = call('ZRANGE', again, first, last, 'WITHSCORES')
  for i = 1, #entries, 2 do add(group, fmt('%016.0f', tonumber(entries[i + 1]) - base), entries[i]) end
end

local urgent = call('ZCOUNT', again, '-inf', '(0')
if at == 'urgent' then
  local start = number == '' and 0 or after(again, fmt('%.0f', tonumber(due) + lowest))
  local last = math.min(start + limit, urgent - 1)
  if last >= start then addRange('urgent', start, last, lowest) end
end
if at ~= 'fresh' and want() > 0 then
  local start = at == 'again' and after(again, due) or urgent
  addRange('again', start, start + want() - 1, 0)
end

local isKnown = at == 'fresh'
-- A ready id stands by its number; what a cancelled task left in its place has the due time and number of that one.
local function placeOf(id)
  if sub(id, 1, 1) == '\\0' then return sub(id, 2) end
  return sub(call('HGET', tasks, id) or '', 16, 41)
end
local first, other, i, j = 0, isKnown and after(fresh, due) or 0, 1, 1
if isKnown then
  local low, high, known = 0, call('LLEN', ready), fmt('%015.0f', tonumber(due)) .. number
  while low < high do
    local middle = math.floor((low + high) / 2)
    if placeOf(call('LINDEX', ready, middle)) <= known then low = middle + 1 else high = middle end
  end
  first = low
end
local heads, entries, last = {}, {}, '00000000000000000000000000'
while want() > 0 do
  -- Each is read on where it ends: gaps are in neither.
  if not heads[j] then
    heads, j = call('LRANGE', ready, first, first + limit), 1
    first = first + #heads
  end
  if not entries[i] then
    entries, i = call('ZRANGE', fresh, other, other + limit, 'WITHSCORES'), 1
    other = other + #entries / 2
  end
  if not heads[j] and not entries[i] then break end
  local timed, place = entries[i] and fmt('%015.0f', tonumber(entries[i + 1])) .. sub(entries[i], 1, 11), nil
  if heads[j] then
    place = placeOf(heads[j])
    -- A broken task stands behind the one before it.
    if #place < 26 or string.find(place, '%X') then place = last end
  end
  if timed and not (place and place < timed) then
    last = timed
    add('fresh', '0' .. sub(timed, 1, 15), entries[i])
    i = i + 2
  else
    if sub(heads[j], 1, 1) ~= '\\0' then
      last = place
      add('fresh', '0' .. sub(place, 1, 15), sub(place, 16) .. heads[j])
    end
    j = j + 1
  end
end

-- Those with a key: turns.ts has how they stand.
local start = '-'
if at ~= 'urgent' then
  start = '(' .. (at == 'again' and 's' or 't') .. fmt('%015.0f', tonumber(due)) .. number .. '\\255'
elseif number ~= '' then
  local lane = math.floor(tonumber(due) / ${WIDTH})
  start = '(' .. string.char(97 + lane) .. fmt('%015.0f', tonumber(due) - lane * ${WIDTH}) .. '0' .. sub(number, 2) .. '\\255'
end
local members = call('ZRANGEBYLEX', KEYS[5], start, '+', 'LIMIT', 0, limit + 1)
for i = 1, #members do
  local member = members[i]
  local lane, id = string.byte(member) - 97, sub(member, 29, string.find(member, '\\0', 29, true) - 1)
  others[3 * i - 2] = lane < 18 and 'urgent' or lane == 18 and 'again' or 'fresh'
  others[3 * i - 1] = lane < 18 and fmt('%016.0f', lane * ${WIDTH} + tonumber(sub(member, 2, 16))) or '0' .. sub(member, 2, 16)
  others[3 * i] = (lane < 18 and 'U' .. sub(member, 18, 27) or sub(member, 17, 27)) .. id
end
return { answer, others }
`;
