import { DECLARE_LINES, LINES } from './lines.ts';
import { NO_EXPIRY } from './marked.ts';
import { PRELUDE } from './prelude.ts';
import { DECLARE_TURNS, laneOf, TURNS, WITHOUT_TURNS } from './turns.ts';
import { lowOf, scoreOf, urgentMember } from './urgent.ts';

/**
 * Stores tasks of one labourer that are not known yet.
 *
 * KEYS  1 tasks  2 ready  3 fresh  4 ended  5 meta; then, on one server, the buckets of the registry that these ids fall into; then, for "more",
 *       keyed, lines, heads, turns, again and notes
 * ARGV  1 now  2 labourer  3 channel  4 how many tasks  5 which bucket each id is in: a character each, "0" for KEYS[6]
 *       6 with several servers: when the ids were registered; otherwise empty
 *       7 "due" if due times are given, "more" if more is; then all ids, all payloads, and all due times ("" for at once); for "more" then what
 *       the record of each has more (marked.ts; "" for nothing), and what follows from each ("" for nothing)
 * Answer  { a character for each task: c created, d duplicate, o owned by another labourer; then the owners }, or "late" if
 *       the ids were registered so long ago that somebody may have taken one over
 */
export const ENQUEUE: string = `${PRELUDE}
local tasks, ready, fresh, ended, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local labourer, n, buckets, registered = ARGV[2], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
if registered and now - registered > 30000 then return 'late' end
local here, more = not registered, ARGV[7] == 'more'
local dues = (more or ARGV[7] == 'due') and 7 + 2 * n
local entry, twice = stamp .. labourer, stamp .. stamp
local flags, owners, wake, isStored = {}, {}, false, false
-- The first write: with a full memory it is refused, and so nothing is written.
local seq = call('HINCRBY', meta, 'seq', n) - n

${DECLARE_TURNS}${DECLARE_LINES}
local keyed, lines, heads, turns = KEYS[#KEYS - 5], KEYS[#KEYS - 4], KEYS[#KEYS - 3], KEYS[#KEYS - 2]
local areAtOnce, hasKeys, names = true, false, {}
if more then
  local seen = {}
  for i = 1, n do
    local marks = ARGV[dues + n + i]
    local key = sub(marks, 17, 17) > '1' and sub(marks, 18, -2)
    if key and not seen[key] then
      seen[key] = true
      names[#names + 1] = key
    end
    if ARGV[dues + i] ~= '' or marks ~= '' and string.byte(marks) ~= 48 then areAtOnce = false end
  end
  if #names > 0 then
    -- Until a claim asks for keys they wait among the others; see move.ts.
    local state = call('HGET', meta, 'keyed')
    if not state then call('HSET', meta, 'keyed', '${WITHOUT_TURNS}') end
    hasKeys = state and state ~= '${WITHOUT_TURNS}'
  end
  if hasKeys then
${TURNS}${LINES}
    loadTurns(names)
  end
end
-- The usual: nobody knows any of them, and all are to start at once. A batch is then a handful of commands.
if n > 1 and (not dues or more and areAtOnce) then
  isStored = true
  if here then
    -- On one server whatever a labourer knows is registered, so the registry alone tells.
    local groups, added = {}, 0
    for i = 1, n do
      local place = string.byte(buckets, i) - 42
      local group = groups[place]
      if group then group[#group + 1] = ARGV[7 + i] else groups[place] = { ARGV[7 + i] } end
    end
    for place, group in pairs(groups) do
      local known = call('HMGET', KEYS[place], unpack(group))
      for i = 1, #group do if known[i] then isStored = false end end
    end
    if isStored then
      for place, group in pairs(groups) do
        local entries = {}
        for i = 1, #group do
          entries[2 * i - 1] = group[i]
          entries[2 * i] = entry
        end
        added = added + call('HSET', KEYS[place], unpack(entries))
      end
      -- One id twice, from two callers: now that they are registered, each is looked at by itself.
      isStored = added == n
    end
  else
    local seen = {}
    for i = 8, 7 + n do
      if seen[ARGV[i]] then isStored = false end
      seen[ARGV[i]] = true
    end
    local known, was = call('HMGET', tasks, unpack(ARGV, 8, 7 + n)), call('HMGET', ended, unpack(ARGV, 8, 7 + n))
    for i = 1, n do if known[i] or was[i] then isStored = false end end
  end
  if isStored then
    local records, marked, follows, others = {}, 'X' .. sub(twice, 2), {}, {}
    for i = 1, n do
      local id, number = ARGV[7 + i], fmt('%011x', seq + i)
      local marks = more and ARGV[dues + n + i] or ''
      records[2 * i - 1] = id
      records[2 * i] = (marks == '' and twice or marked) .. number .. marks .. ARGV[7 + n + i]
      if more and ARGV[dues + 2 * n + i] ~= '' then
        follows[#follows + 1] = 'f' .. id
        follows[#follows + 1] = ARGV[dues + 2 * n + i]
      end
      if hasKeys and sub(marks, 17, 17) > '1' then
        if join(sub(marks, 18, -2), ${laneOf('0', 1)} .. stamp .. number, sub(marks, 2, 16) == '${NO_EXPIRY}' and '-' or 'e', id) then wake = true end
      elseif hasKeys then
        others[#others + 1] = id
      end
    end
    call('HSET', tasks, unpack(records))
    if #follows > 0 then call('HSET', KEYS[#KEYS], unpack(follows)) end
    if not hasKeys then
      wake = call('RPUSH', ready, unpack(ARGV, 8, 7 + n)) == n
    elseif #others > 0 and call('RPUSH', ready, unpack(others)) == #others then
      wake = true
    end
    flags[1] = string.rep('c', n)
  end
end

for i = 1, isStored and 0 or n do
  local id, flag, isNew, bucket = ARGV[7 + i], 'c', false, nil
  if here then
    bucket = KEYS[string.byte(buckets, i) - 42]
    isNew = call('HSETNX', bucket, id, entry) == 1
    if not isNew then
      local owner = sub(call('HGET', bucket, id), 16)
      if owner ~= labourer then
        owners[#owners + 1] = owner
        flag = 'o'
      end
    end
  end
  -- Registered is not stored: whoever registered it may have died before it came here. And an ended task's record may be gone.
  if flag == 'c' and not isNew and (call('HEXISTS', ended, id) == 1 or call('HEXISTS', tasks, id) == 1) then flag = 'd' end
  if flag == 'c' then
    local number, due = fmt('%011x', seq + i), dues and ARGV[dues + i] ~= '' and tonumber(ARGV[dues + i])
    local marks, priority, key = more and ARGV[dues + n + i] or '', 0, nil
    if marks == '' then
      call('HSET', tasks, id, stamp .. (due and fmt('%015.0f', due) or stamp) .. number .. ARGV[7 + n + i])
    else
      call('HSET', tasks, id, 'X' .. sub(stamp, 2) .. (due and fmt('%015.0f', due) or stamp) .. number .. marks .. ARGV[7 + n + i])
      priority = tonumber(sub(marks, 1, 1))
      if hasKeys and sub(marks, 17, 17) > '1' then key = sub(marks, 18, -2) end
      local follow = ARGV[dues + 2 * n + i]
      if follow ~= '' then call('HSET', KEYS[#KEYS], 'f' .. id, follow) end
    end
    if here and not isNew then call('HSET', bucket, id, entry) end
    if key then
      local place = ${laneOf('priority', 1)} .. (due and fmt('%015.0f', due) or stamp) .. number
      local isFirst = join(key, place, sub(marks, 2, 16) == '${NO_EXPIRY}' and '-' or 'e', id)
      if isFirst and not (due and due > now) then wake = true end
    elseif priority > 0 then
      local again, low = KEYS[#KEYS - 1], ${lowOf('((9 - priority) * 2 + 1)')}
      if not due or due <= now then
        if #call('ZRANGEBYSCORE', again, fmt('%.0f', low), fmt('%.0f', low + now), 'LIMIT', 0, 1) == 0 then wake = true end
      end
      call('ZADD', again, ${scoreOf('priority', 1, '(due or now)')}, ${urgentMember('number', 'id')})
    elseif not due then
      if call('RPUSH', ready, id) == 1 then wake = true end
    else
      if due <= now then
        local head = call('ZRANGE', fresh, 0, 0, 'WITHSCORES')[2]
        if not head or tonumber(head) > now then wake = true end
      end
      call('ZADD', fresh, due, number .. id)
    end
  end
  flags[i] = flag
end
if hasKeys then
  joinAll()
  saveTurns()
end
if wake then call('PUBLISH', ARGV[3], '') end
return { table.concat(flags), unpack(owners) }
`;
