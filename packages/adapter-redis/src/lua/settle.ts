import { NOTE_END, NOTE_ERROR } from './ends.ts';
import { DECLARE_LINES, LINES } from './lines.ts';
import { END_STAMP, FOLLOWS, IS_MARKED, MAY_EXPIRE } from './marked.ts';
import { IS_SOUND } from './prelude.ts';
import { laneOf } from './turns.ts';
import { scoreOf, urgentMember } from './urgent.ts';

/** One by one, for whatever is not the usual. */
const SETTLE_EACH = `
${NOTE_END}${NOTE_ERROR}${DECLARE_LINES}  if hasKeys then
${LINES}  end
  -- Not held: it may have been said before.
  local function looksBack(id, token, kind)
    local record, at = call('HGET', ended, id), 27
    local was = record and sub(record, 1, 1)
    if not record then
      record, at = call('HGET', back, id), 28
      was = record and sub(record, 26, 26)
    end
    if not record or token == '' or sub(record, at, at + #token) ~= token .. '\\n' then return 's' end
    -- Of one that was dropped, what it was released by is kept behind the token.
    if was == 'p' then was = sub(record, at + #token + 1, at + #token + 1) end
    return was == kind and 'r' or 's'
  end

  -- Where a task stood before it was claimed: what its lease says, or its record if this was its first attempt.
  local function placeOf(id, lease, text)
    if sub(lease, 41, 41) ~= '-' then return sub(lease, 41, 55), sub(lease, 56, 66) end
    text = text or call('HGET', tasks, id)
    if text and (${IS_SOUND} or ${IS_MARKED}) then return sub(text, 16, 30), sub(text, 31, 41) end
    return stamp, '00000000000'
  end

  local function settleOne(id, token, kind, body)
    local lease, late = call('HGET', leases, id), false
    if not lease then
      lease = call('HGET', overdue, id)
      late = lease and true
    end
    if not lease then return looksBack(id, token, kind) end
    -- A mark in the place of the first digit: more is known of the task, or it is to be cancelled. Then there may be a key behind the token.
    local mark, key = sub(lease, 31, 31), nil
    if mark ~= '0' then
      local at = string.find(lease, '\\n', 67, true)
      if at then lease, key = sub(lease, 1, at - 1), sub(lease, at + 1) end
    end
    if sub(lease, 67) ~= token or (mode == 'reap' and not late) then return 's' end
    -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
    if late then
      call('HDEL', overdue, id)
      call('ZREM', order, id)
    else
      call('HDEL', leases, id)
      if key then endRun(key) end
    end
    freed = freed + 1
    local attempts, text, follows = '0' .. sub(lease, 32, 40), nil, false
    if mark ~= '0' and not (mark == 'k' and kind == 'c') then
      text = call('HGET', tasks, id)
      if text and not (${IS_MARKED}) then text = nil end
      follows = text and ${FOLLOWS}
    end
${END_STAMP}    -- A lease with dashes is of a task that was not tried before: nothing is kept of it in back.
    local before = sub(lease, 41, 41) ~= '-' and call('HGET', back, id)
    if mark == 'x' then
      -- The first word of an attempt whose task is to be cancelled ends it so, whatever it says.
      if before then call('HDEL', back, id) end
      noteOldError(id, before)
      call('HSET', ended, id, 'x' .. shift .. sub(attempts, 2) .. endStamp .. '\\n')
      noteEnd('x', id, follows)
      return 'x'
    end
    if kind == 'c' or kind == 'd' then
      if before then
        call('HDEL', back, id)
        noteOldError(id, before)
      end
      call('HSET', ended, id, kind .. shift .. sub(attempts, 2) .. endStamp .. token .. '\\n' .. body)
      if kind == 'c' then call('RPUSH', completed, id) end
      if kind == 'd' or follows then noteEnd(kind, id, follows) end
      return 'a'
    end
    local due, number = placeOf(id, lease, text)
    if kind == 'r' then
      due = fmt('%015.0f', now + tonumber(sub(body, 1, 15)))
      noteOldError(id, before)
      noteError(id, attempts, stamp, sub(body, 16))
    else
      noteOldError(id, before)
      attempts = fmt('%010.0f', tonumber(attempts) - 1)
      if body ~= '' then due = fmt('%015.0f', now + tonumber(body)) end
    end
    call('HSET', back, id, attempts .. due .. kind .. '0' .. token .. '\\n')
    local priority = text and tonumber(sub(text, 42, 42)) or 0
    if key then
      -- Of a released one no attempt is counted: it may run out of time yet.
      local mayEnd = text and ${MAY_EXPIRE} and tonumber(attempts) == 0
      join(key, ${laneOf('priority', 0)} .. due .. number, mayEnd and 'e' or '-', id)
    elseif priority > 0 then
      call('ZADD', again, ${scoreOf('priority', 0, 'tonumber(due)')}, ${urgentMember('number', 'id')})
    else
      call('ZADD', again, due, number .. id)
    end
    return 'a'
  end

  local letters = {}
  for i = 1, n do
    local kind = mode == 'all' and 'c' or sub(ARGV[9], i, i)
    letters[i] = settleOne(ARGV[11 + i], ARGV[11 + n + (tokens == 1 and 1 or i)], kind, bodies > 0 and ARGV[lastToken + i] or '')
  end
  if hasKeys then joinAll() end
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
    local records, usual, token, head, tried = {}, nil, nil, nil, false
    local keys, keyToken, begin, size, keyHead = nil, nil, nil, 0, nil
    settled = true
    for i = 1, n do
      local lease, said = held[i], ARGV[lastId + (tokens == 1 and 1 or i)]
      local written = head
      if lease ~= usual or said ~= token then
        if begin and lease and said == keyToken and find(lease, begin, 1, true) == 1 then
          -- As the one before, of whichever key.
          keys[i], written = sub(lease, size + 1), keyHead
        elseif lease and sub(lease, 67) == said and find('0k', sub(lease, 31, 31), 1, true) then
          usual, token, head = lease, said, 'c0' .. sub(lease, 32, 40) .. stamp .. said .. '\\n'
          if sub(lease, 41, 41) ~= '-' then tried = true end
          written = head
        elseif lease and sub(lease, 31, 31) == 'k' and sub(lease, 67, 67 + #said) == said .. '\\n' then
          size, keyToken, keyHead = 67 + #said, said, 'c0' .. sub(lease, 32, 40) .. stamp .. said .. '\\n'
          begin, keys, written = sub(lease, 1, size), keys or {}, keyHead
          keys[i] = sub(lease, size + 1)
          if sub(lease, 41, 41) ~= '-' then tried = true end
        else
          -- Not held, or marked otherwise: not the usual.
          settled = false
          break
        end
      end
      records[2 * i - 1] = ARGV[11 + i]
      records[2 * i] = bodies > 0 and written .. ARGV[lastToken + i] or written
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
          if letters[i] == 'a' then call('RPUSH', completed, ARGV[11 + i]) elseif keys then keys[i] = nil end
        end
        outcomes = table.concat(letters)
      end
      if keys then
        local names, fewer = {}, 0
        for i = 1, n do
          local key = keys[i]
          if key and not runsOf[key] then
            runsOf[key] = 0
            names[#names + 1] = key
          end
        end
        if #names > 0 then loadTurns(names) end
        for i = 1, n do
          local key = keys[i]
          if key then runsOf[key], fewer = runsOf[key] - 1, fewer + 1 end
        end
        runsChanged = runsChanged - fewer
      end
    end
  end
  if not settled then
${SETTLE_EACH}
  end
end
`;
