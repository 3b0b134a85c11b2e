import { EXPIRE, PRELUDE } from './prelude.ts';

/**
 * Settles verdicts, then claims: settle, reap, claim and exchange are all this script. It runs from its first line to its last with nobody
 * in between, so what it counts is still so when it writes.
 *
 * KEYS  1 tasks  2 fresh  3 again  4 back  5 leases  6 overdue  7 order of the overdue  8 ended  9 completed  10 dead  11 aside  12 meta
 * ARGV  1 now  2 channel  3 how many verdicts  4 "all" if each is \`completed\`, "reap" if only overdue leases count, or "any"
 *       5 cap  6 limit, below 0 for no claim  7 length of the lease  8 token  9 a character for each verdict: c d r l
 *       then all ids, all tokens and all bodies of the verdicts (see rows.ts)
 * Answer  { outcomes, a character each: a applied, r repeated, s stale; "" if all were applied;
 *         now; until the next is due, -1 if nothing waits; ids; tasks; attempts and due times of those that were tried before;
 *         set aside: id, problem, id, problem ... }
 *         ids and tasks are joined by NUL, which none contains: one long text is read faster than a hundred short ones.
 */
export const EXCHANGE: string = `${PRELUDE}${EXPIRE}
local tasks, fresh, again, back, leases, overdue, order = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local ended, completed, dead, aside, meta = KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12]
local n, mode, cap, limit = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local stamp = instant(now)
local ONE = '0000000001'
local freed, outcomes = 0, ''
expire(leases, overdue, order, meta)

-- The usual: every attempt is held, and every one completed. A batch is then a handful of commands.
local function settleAll()
  local held = call('HMGET', leases, unpack(ARGV, 10, 9 + n))
  local seen, records = {}, {}
  for i = 1, n do
    local id, lease, token = ARGV[9 + i], held[i], ARGV[9 + n + i]
    if not lease or seen[id] or sub(lease, 67) ~= token then return false end
    seen[id] = true
    records[2 * i - 1] = id
    records[2 * i] = 'c' .. sub(lease, 31, 40) .. stamp .. token .. '\\n' .. ARGV[9 + 2 * n + i]
  end
  call('HDEL', leases, unpack(ARGV, 10, 9 + n))
  if call('EXISTS', back) == 1 then call('HDEL', back, unpack(ARGV, 10, 9 + n)) end
  call('HSET', ended, unpack(records))
  call('RPUSH', completed, unpack(ARGV, 10, 9 + n))
  freed = n
  return true
end

-- Not held: it may have been said before.
local function looksBack(id, token, kind)
  local record, at = call('HGET', ended, id), 27
  local was = record and sub(record, 1, 1)
  if not record then
    record, at = call('HGET', back, id), 28
    was = record and sub(record, 26, 26)
  end
  if not record or sub(record, at, at + #token) ~= token .. '\\n' then return 's' end
  return was == kind and 'r' or 's'
end

local function settleOne(id, token, kind, body)
  local lease, late = call('HGET', leases, id), false
  if not lease then
    lease = call('HGET', overdue, id)
    late = lease and true
  end
  if not lease then return looksBack(id, token, kind) end
  if sub(lease, 67) ~= token or (mode == 'reap' and not late) then return 's' end
  -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
  if late then
    call('HDEL', overdue, id)
    call('ZREM', order, id)
  else
    call('HDEL', leases, id)
  end
  freed = freed + 1
  local attempts, due, number = sub(lease, 31, 40), sub(lease, 41, 55), sub(lease, 56, 66)
  if kind == 'c' or kind == 'd' then
    call('HDEL', back, id)
    call('HSET', ended, id, kind .. attempts .. stamp .. token .. '\\n' .. body)
    call('RPUSH', kind == 'c' and completed or dead, id)
    return 'a'
  end
  local failed, problem
  if kind == 'r' then
    due, failed, problem = instant(now + tonumber(sub(body, 1, 15))), '1', sub(body, 16)
  else
    local before = call('HGET', back, id)
    failed, problem = '0', ''
    if before then
      failed = sub(before, 27, 27)
      problem = sub(before, string.find(before, '\\n', 28, true) + 1)
    end
    attempts = fmt('%010.0f', tonumber(attempts) - 1)
    if body ~= '' then due = instant(now + tonumber(body)) end
  end
  call('HSET', back, id, attempts .. due .. kind .. failed .. token .. '\\n' .. problem)
  call('ZADD', again, due, number .. id)
  return 'a'
end

if n > 0 and not (mode == 'all' and settleAll()) then
  local each = {}
  for i = 1, n do each[i] = settleOne(ARGV[9 + i], ARGV[9 + n + i], sub(ARGV[9], i, i), ARGV[9 + 2 * n + i]) end
  outcomes = table.concat(each)
end

local ids, found, tried, spoilt, bytes = {}, {}, {}, {}, 0

local function take(queue, want)
  local isAgain, token = queue == again, ARGV[8]
  local deadline = now + tonumber(ARGV[7])
  local held = instant(deadline) .. stamp
  while want > 0 do
    local members = call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, min(want, 1000))
    local k = #members
    if k == 0 then return end
    call('ZREMRANGEBYRANK', queue, 0, k - 1)
    local names, records = {}, {}
    for i = 1, k do names[i] = sub(members[i], 12) end
    local texts = call('HMGET', tasks, unpack(names))
    local backs = isAgain and call('HMGET', back, unpack(names))
    for i = 1, k do
      local id, text, number = names[i], texts[i], sub(members[i], 1, 11)
      if text and sub(text, 31, 41) == number and not (isAgain and not backs[i]) then
        local attempts, due = ONE, sub(text, 16, 30)
        if isAgain then
          attempts, due = fmt('%010.0f', tonumber(sub(backs[i], 1, 10)) + 1), sub(backs[i], 11, 25)
          tried[#tried + 1] = attempts .. due
        end
        records[#records + 1] = id
        records[#records + 1] = held .. attempts .. due .. number .. token
        ids[#ids + 1] = id
        found[#found + 1] = text
        bytes = bytes + #text
        want = want - 1
      else
        local problem = text and 'its record is not as this store writes it' or 'its record is gone'
        call('HSET', ended, id, 'a' .. '0000000000' .. stamp .. '\\n' .. problem)
        call('RPUSH', aside, id)
        spoilt[#spoilt + 1] = id
        spoilt[#spoilt + 1] = problem
      end
    end
    if #records > 0 then call('HSET', leases, unpack(records)) end
  end
end

local function firstDue()
  local a, f = call('ZRANGE', again, 0, 0, 'WITHSCORES')[2], call('ZRANGE', fresh, 0, 0, 'WITHSCORES')[2]
  if a and f then return min(tonumber(a), tonumber(f)) end
  return tonumber(a or f)
end

local next = -1
if limit >= 0 then
  local room = min(limit, cap - call('HLEN', leases))
  if room > 0 then
    take(again, room)
    take(fresh, room - #ids)
    if #ids > 0 then expect(meta, now + tonumber(ARGV[7])) end
  end
  if #ids < limit then
    local due = firstDue()
    if due then next = due > now and due - now or 0 end
  end
end
-- More places came free than were taken, and something is due: others should hear of it.
if freed > #ids and ARGV[2] ~= '' then
  local due = firstDue()
  if due and due <= now then call('PUBLISH', ARGV[2], '') end
end
if bytes > 8388608 then return { outcomes, now, next, ids, found, tried, spoilt } end
return { outcomes, now, next, table.concat(ids, '\\0'), table.concat(found, '\\0'), tried, spoilt }
`;
