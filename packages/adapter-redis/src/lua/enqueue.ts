import { PRELUDE } from './prelude.ts';

/**
 * Stores tasks of one labourer that are not known yet.
 *
 * KEYS  1 tasks  2 ready  3 fresh  4 ended  5 meta; then, on one server, the buckets of the registry that these ids fall into
 * ARGV  1 now  2 labourer  3 channel  4 how many tasks  5 which bucket each id is in: a character each, "0" for KEYS[6]
 *       6 with several servers: when the ids were registered; otherwise empty
 *       7 "due" if due times are given; then all ids, all payloads, and all due times ("" for at once)
 * Answer  { a character for each task: c created, d duplicate, o owned by another labourer; then the owners }, or "late" if
 *       the ids were registered so long ago that somebody may have taken one over
 */
export const ENQUEUE: string = `${PRELUDE}
local tasks, ready, fresh, ended, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local labourer, n, buckets, registered = ARGV[2], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
if registered and now - registered > 30000 then return 'late' end
local here = #KEYS > 5
local dues = ARGV[7] == 'due' and 7 + 2 * n
local entry, twice = stamp .. labourer, stamp .. stamp
local flags, owners, wake, isStored = {}, {}, false, false
-- The first write: with a full memory it is refused, and so nothing is written.
local seq = call('HINCRBY', meta, 'seq', n) - n

-- The usual: nobody knows any of them, and all are to start at once. A batch is then a handful of commands.
if n > 1 and not dues then
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
    local records = {}
    for i = 1, n do
      records[2 * i - 1] = ARGV[7 + i]
      records[2 * i] = twice .. fmt('%011x', seq + i) .. ARGV[7 + n + i]
    end
    call('HSET', tasks, unpack(records))
    wake = call('RPUSH', ready, unpack(ARGV, 8, 7 + n)) == n
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
    call('HSET', tasks, id, stamp .. (due and fmt('%015.0f', due) or stamp) .. number .. ARGV[7 + n + i])
    if here and not isNew then call('HSET', bucket, id, entry) end
    if not due then
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
if wake then call('PUBLISH', ARGV[3], '') end
return { table.concat(flags), unpack(owners) }
`;
