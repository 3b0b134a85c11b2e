import { PRELUDE } from './prelude.ts';

/**
 * Stores tasks of one labourer that are not known yet.
 *
 * KEYS  1 tasks  2 fresh  3 ended  4 meta; then, on one server, the buckets of the registry that these ids fall into
 * ARGV  1 now  2 labourer  3 channel  4 how many tasks  5 which bucket each id is in: a character each, "0" for KEYS[5]
 *       6 with several servers: when the ids were registered; otherwise empty
 *       7 "due" if due times are given; then all ids, all payloads, and all due times ("" for at once)
 * Answer  { a character for each task: c created, d duplicate, o owned by another labourer; then the owners }, or "late" if
 *       the ids were registered so long ago that somebody may have taken one over
 */
export const ENQUEUE: string = `${PRELUDE}
local tasks, fresh, ended, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local labourer, n, buckets, registered = ARGV[2], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
if registered and now - registered > 30000 then return 'late' end
local here = #KEYS > 4
local dues = ARGV[7] == 'due' and 7 + 2 * n
local stamp = instant(now)
local entry = stamp .. labourer
local head = call('ZRANGE', fresh, 0, 0, 'WITHSCORES')[2]
local quiet = not head or tonumber(head) > now
local wake = false
local flags, owners, queue, records = {}, {}, {}, {}
-- The first write: with a full memory it is refused, and so nothing is written.
local seq = call('HINCRBY', meta, 'seq', n) - n

local function dueOf(i)
  return dues and ARGV[dues + i] ~= '' and tonumber(ARGV[dues + i]) or now
end
local function recordOf(i)
  local due, number = dueOf(i), fmt('%011x', seq + i)
  queue[#queue + 1] = due
  queue[#queue + 1] = number .. ARGV[7 + i]
  if due <= now then wake = true end
  return stamp .. (due == now and stamp or instant(due)) .. number .. ARGV[7 + n + i]
end
local function anyOf(values, count)
  for i = 1, count do if values[i] then return true end end
  return false
end

-- The usual: nobody knows any of them. A batch is then a handful of commands.
local function storeAll()
  local groups, seen = {}, {}
  for i = 1, n do
    local id = ARGV[7 + i]
    if seen[id] then return false end
    seen[id] = true
    if here then
      local place = string.byte(buckets, i) - 43
      local group = groups[place]
      if group then group[#group + 1] = id else groups[place] = { id } end
    end
  end
  for place, group in pairs(groups) do
    if anyOf(call('HMGET', KEYS[place], unpack(group)), #group) then return false end
  end
  if anyOf(call('HMGET', tasks, unpack(ARGV, 8, 7 + n)), n) then return false end
  if not here and anyOf(call('HMGET', ended, unpack(ARGV, 8, 7 + n)), n) then return false end
  for place, group in pairs(groups) do
    local entries = {}
    for i = 1, #group do
      entries[2 * i - 1] = group[i]
      entries[2 * i] = entry
    end
    call('HSET', KEYS[place], unpack(entries))
  end
  for i = 1, n do
    records[2 * i - 1] = ARGV[7 + i]
    records[2 * i] = recordOf(i)
  end
  call('HSET', tasks, unpack(records))
  return true
end

local function storeOne(i)
  local id, known, bucket = ARGV[7 + i], true, nil
  if here then
    bucket = KEYS[string.byte(buckets, i) - 43]
    if call('HSETNX', bucket, id, entry) == 0 then
      local owner = sub(call('HGET', bucket, id), 16)
      if owner ~= labourer then
        owners[#owners + 1] = owner
        return 'o'
      end
    else
      known = false
    end
  end
  -- Registered is not stored: whoever registered it may have died before it came here. And an ended task's record may be gone.
  if known and call('HEXISTS', ended, id) == 1 or call('HEXISTS', tasks, id) == 1 then return 'd' end
  call('HSET', tasks, id, recordOf(i))
  if known and here then call('HSET', bucket, id, entry) end
  return 'c'
end

if storeAll() then
  flags[1] = string.rep('c', n)
else
  for i = 1, n do flags[i] = storeOne(i) end
end
if #queue > 0 then call('ZADD', fresh, unpack(queue)) end
if wake and quiet then call('PUBLISH', ARGV[3], '') end
return { table.concat(flags), unpack(owners) }
`;
