import { IS_SOUND } from './prelude.ts';

/** One by one, for whatever is not the usual. */
const SETTLE_EACH = `
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

  -- Where a task stood before it was claimed: what its lease says, or its record if this was its first attempt.
  local function placeOf(id, lease)
    if sub(lease, 41, 41) ~= '-' then return sub(lease, 41, 55), sub(lease, 56, 66) end
    local text = call('HGET', tasks, id)
    if text and ${IS_SOUND} then return sub(text, 16, 30), sub(text, 31, 41) end
    return stamp, '00000000000'
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
    local attempts = sub(lease, 31, 40)
    if kind == 'c' or kind == 'd' then
      call('HDEL', back, id)
      call('HSET', ended, id, kind .. attempts .. stamp .. token .. '\\n' .. body)
      local list = kind == 'c' and completed or dead
      call('RPUSH', list, id)
      return 'a'
    end
    local due, number = placeOf(id, lease)
    local failed, problem
    if kind == 'r' then
      due, failed, problem = fmt('%015.0f', now + tonumber(sub(body, 1, 15))), '1', sub(body, 16)
    else
      local before = call('HGET', back, id)
      failed, problem = '0', ''
      if before then
        failed = sub(before, 27, 27)
        problem = sub(before, string.find(before, '\\n', 28, true) + 1)
      end
      attempts = fmt('%010.0f', tonumber(attempts) - 1)
      if body ~= '' then due = fmt('%015.0f', now + tonumber(body)) end
    end
    call('HSET', back, id, attempts .. due .. kind .. failed .. token .. '\\n' .. problem)
    call('ZADD', again, due, number .. id)
    return 'a'
  end

  local letters = {}
  for i = 1, n do
    local kind = mode == 'all' and 'c' or sub(ARGV[9], i, i)
    letters[i] = settleOne(ARGV[11 + i], ARGV[11 + n + (tokens == 1 and 1 or i)], kind, bodies > 0 and ARGV[lastToken + i] or '')
  end
  outcomes = table.concat(letters)
`;

/** The first half of EXCHANGE: what became of attempts. See there for keys and arguments. */
export const SETTLE: string = `
local freed, outcomes = 0, ''
if n > 0 then
  local lastId, lastToken, settled = 11 + n, 11 + n + tokens, false
  -- The usual: every attempt is held, and every one completed. A batch is then a handful of commands, and what is written of
  -- attempts that were claimed together is the same text.
  if mode == 'all' then
    local held = call('HMGET', leases, unpack(ARGV, 12, lastId))
    local records, known, token, head, tried = {}, nil, nil, nil, false
    settled = true
    for i = 1, n do
      local lease, said = held[i], ARGV[lastId + (tokens == 1 and 1 or i)]
      if lease ~= known or said ~= token then
        if not lease or sub(lease, 67) ~= said then
          settled = false
          break
        end
        known, token, head = lease, said, 'c' .. sub(lease, 31, 40) .. stamp .. said .. '\\n'
        if sub(lease, 41, 41) ~= '-' then tried = true end
      end
      records[2 * i - 1] = ARGV[11 + i]
      records[2 * i] = bodies > 0 and head .. ARGV[lastToken + i] or head
    end
    if settled then
      freed = call('HDEL', leases, unpack(ARGV, 12, lastId))
      if tried then call('HDEL', back, unpack(ARGV, 12, lastId)) end
      if freed == n then
        call('HSET', ended, unpack(records))
        call('RPUSH', completed, unpack(ARGV, 12, lastId))
      else
        -- An attempt that is named twice: its first word counts.
        local letters = {}
        for i = 1, n do
          letters[i] = call('HSETNX', ended, ARGV[11 + i], records[2 * i]) == 1 and 'a' or 'r'
          if letters[i] == 'a' then call('RPUSH', completed, ARGV[11 + i]) end
        end
        outcomes = table.concat(letters)
      end
    end
  end
  if not settled then
${SETTLE_EACH}
  end
end
`;
