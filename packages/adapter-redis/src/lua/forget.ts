import { END_RANGE, KINDS } from './ends.ts';
import { PRELUDE } from './prelude.ts';

/**
 * Which of `ids` are in the outbox: whoever is there is known until it is taken out (U4). Those that are past their age leave their list all the
 * same, so that they hold up no other; a note of it ("l" and the id: the list, and their number there) puts them back when they are taken out.
 */
const HELD = `
  local waits = call('ZCOUNT', ends, ${KINDS.o * END_RANGE}, '(${(KINDS.o + 1) * END_RANGE}') > 0
  local function heldOf(ids)
    if not waits or #ids == 0 then return {} end
    local members = {}
    for i = 1, #ids do members[i] = 'o' .. ids[i] end
    return call('ZMSCORE', ends, unpack(members))
  end
  local hasNotes = call('EXISTS', notes) == 1
  local function forget(ids, held, kind)
    local gone, fields, late = {}, {}, {}
    for i = 1, #ids do
      if held[i] then
        late[#late + 1] = 'l' .. ids[i]
        late[#late + 1] = kind
      else
        gone[#gone + 1] = ids[i]
        fields[#fields + 1] = 'e' .. ids[i]
        fields[#fields + 1] = 'f' .. ids[i]
      end
    end
    if #gone > 0 then
      call('HDEL', tasks, unpack(gone))
      call('HDEL', ended, unpack(gone))
      if hasNotes then call('HDEL', notes, unpack(fields)) end
      call('SADD', unregister, unpack(gone))
    end
    if #late > 0 then call('HSET', notes, unpack(late)) end
    return #gone
  end
  -- Leaves of them that they ended: by which attempt, and how.
  local function bare(ids, held)
    local names, bares, fields = {}, {}, {}
    local records = call('HMGET', ended, unpack(ids))
    for i = 1, #ids do
      if not held[i] then
        names[#names + 1] = ids[i]
        local text = records[i] or 'c0000000000' .. stamp .. '\\n'
        bares[#bares + 1] = ids[i]
        bares[#bares + 1] = sub(text, 1, string.find(text, '\\n', 27, true))
        fields[#fields + 1] = 'e' .. ids[i]
        fields[#fields + 1] = 'f' .. ids[i]
      end
    end
    if #names == 0 then return end
    call('HDEL', tasks, unpack(names))
    if hasNotes then call('HDEL', notes, unpack(fields)) end
    call('HSET', ended, unpack(bares))
  end
  -- How many of them, the oldest first, are past their age, or, as the first \`over\`, have as many newer ones as are kept.
  local function countOld(ids, age, over)
    local records, old = call('HMGET', ended, unpack(ids)), 0
    for i = 1, #ids do
      if i > over and records[i] and tonumber(sub(records[i], 12, 26)) > now - age then break end
      old = i
    end
    return old
  end
`;

/** Lists of ids: completed tasks, and what the first layout has of the others. Places are counted from the beginning of the list. */
const FORGET_LISTS = `
  for l = 4, 6 do
    local list, name, age, count, bareAt = KEYS[k + l], 'list' .. l, keep, nil, most
    if l == 4 and ofCompleted then age, count, bareAt = ageOfCompleted, countOfCompleted, math.huge end
    if l == 5 and ofOthers then
      age, count, bareAt = ageOfOthers, countOfOthers, math.huge
      -- Whatever died since is newer.
      if count then count = math.max(0, count - call('ZCOUNT', ends, 0, '(${END_RANGE}')) end
    end
    -- Of the list's first \`bared\` tasks only the id and the end are left.
    local bared = tonumber(call('HGET', meta, name .. 'bare') or 0)
    local ids = call('LRANGE', list, 0, page - 1)
    if #ids > 0 then
      local old = countOld(ids, age, count and call('LLEN', list) - count or 0)
      if old > 0 then
        local names = {}
        for i = 1, old do names[i] = ids[i] end
        call('LTRIM', list, old, -1)
        forgotten = forgotten + forget(names, heldOf(names), 'c')
        call('HINCRBY', meta, name .. 'gone', old)
        bared = bared > old and bared - old or 0
        call('HSET', meta, name .. 'bare', bared)
        if old == page then more = 1 end
      end
    end
    local over = min(call('LLEN', list) - bared - bareAt, page)
    if over > 0 then
      local names = call('LRANGE', list, bared, bared + over - 1)
      bare(names, heldOf(names))
      call('HSET', meta, name .. 'bare', bared + over)
      trimmed = trimmed + over
      if over == page then more = 1 end
    end
  end
`;

/** Kinds of `ends`. Any of them may leave from the middle, so the bare ones are those up to a score. */
const FORGET_ENDS = `
  for place, kind in pairs({ 'd', 'x', 'p', 'a', [6] = 'c' }) do
    local low, age, count, bareAt = (place - 1) * ${END_RANGE}, keep, nil, most
    if kind == 'c' then
      age, count, bareAt = ageOfCompleted, countOfCompleted, math.huge
      -- All in the list are newer.
      if count then count = math.max(0, count - call('LLEN', KEYS[k + 4])) end
    elseif kind ~= 'a' and ofOthers then age, count, bareAt = ageOfOthers, countOfOthers, math.huge end
    local high, name = fmt('(%.0f', low + ${END_RANGE}), 'bare' .. kind
    local members = call('ZRANGEBYSCORE', ends, fmt('%.0f', low), high, 'LIMIT', 0, page)
    if #members > 0 then
      local ids = {}
      for i = 1, #members do ids[i] = sub(members[i], 2) end
      local old = countOld(ids, age, count and call('ZCOUNT', ends, fmt('%.0f', low), high) - count or 0)
      if old > 0 then
        local names = {}
        for i = 1, old do names[i] = ids[i] end
        call('ZREM', ends, unpack(members, 1, old))
        forgotten = forgotten + forget(names, heldOf(names), kind)
        if old == page then more = 1 end
      end
      local from = '(' .. (call('HGET', meta, name) or fmt('%.0f', low))
      local over = min(call('ZCOUNT', ends, from, high) - bareAt, page)
      if over > 0 then
        local names, last = {}, nil
        local pairs = call('ZRANGEBYSCORE', ends, from, high, 'WITHSCORES', 'LIMIT', 0, over)
        for i = 1, over do names[i], last = sub(pairs[2 * i - 1], 2), pairs[2 * i] end
        bare(names, heldOf(names))
        call('HSET', meta, name, fmt('%.0f', tonumber(last)))
        trimmed = trimmed + over
        if over == page then more = 1 end
      end
    end
  end
`;

/**
 * Forgets a page of ended tasks of each labourer: first whole tasks by age, then the records of those above the number to keep, whose
 * ids stay known until their age.
 *
 * KEYS  for each labourer: tasks, ended, meta, unregister, completed, old dead, old aside, ends, notes
 * ARGV  1 now  2 how long ended tasks are known  3 how many records of a kind are kept  4 page; then, if any labourer has more to say, for each of them:
 *       age and number of completed tasks, and of others, "" for what it does not say
 * Answer  for each labourer: { forgotten, trimmed, 1 if there is more, then a page of ids to take out of the registry }
 */
export const FORGET: string = `${PRELUDE}
local keep, most, page = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local answer = {}
for k = 1, #KEYS, 9 do
  local tasks, ended, meta, unregister, ends, notes = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 7], KEYS[k + 8]
  local forgotten, trimmed, more, at = 0, 0, 0, 4 + (k - 1) / 9 * 4
  local ageOfCompleted, countOfCompleted = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local ageOfOthers, countOfOthers = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local ofCompleted, ofOthers = ageOfCompleted or countOfCompleted, ageOfOthers or countOfOthers
  ageOfCompleted, ageOfOthers = ageOfCompleted or keep, ageOfOthers or keep
${HELD}${FORGET_LISTS}${FORGET_ENDS}
  local out = { forgotten, trimmed, more }
  local names = call('SRANDMEMBER', unregister, page)
  for i = 1, #names do
    -- Known again: somebody has enqueued it anew, and the entry is his.
    if call('HEXISTS', tasks, names[i]) == 1 or call('HEXISTS', ended, names[i]) == 1 then
      call('SREM', unregister, names[i])
    else
      out[#out + 1] = names[i]
    end
  end
  answer[#answer + 1] = out
end
return answer
`;
