import { NOTE_ERROR } from './ends.ts';
import { DECLARE_LINES, LINES } from './lines.ts';
import { IS_MARKED, KEY_OF, PAYLOAD_AT } from './marked.ts';
import { IS_SOUND, PRELUDE } from './prelude.ts';
import { DECLARE_TURNS, laneOf, TURNS, WITHOUT_TURNS } from './turns.ts';
import { scoreOf, urgentMember } from './urgent.ts';

/**
 * Queues ended tasks again: one step out of the end and into the queue, so of two callers the second finds it queued.
 *
 * KEYS  1 tasks  2 ready  3 fresh  4 again  5 ended  6 meta  7 ends  8 notes  9 old dead  10 keyed  11 lines  12 heads  13 turns
 * ARGV  1 now  2 channel, then id and wait of each
 * Answer  a character for each: q queued, o open, k kept, u unknown
 */
export const REDRIVE: string = `${PRELUDE}
local tasks, ready, fresh, again, ended = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local meta, ends, notes, oldDead = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local keyed, lines, heads, turns = KEYS[10], KEYS[11], KEYS[12], KEYS[13]
local letters, wake = {}, false
local state = call('HGET', meta, 'keyed')
local hasKeys = state and state ~= '${WITHOUT_TURNS}'
${NOTE_ERROR}${DECLARE_TURNS}${TURNS}${DECLARE_LINES}${LINES}
local function redriveOne(id, after)
  local text, record = call('HGET', tasks, id), call('HGET', ended, id)
  local kind = record and sub(record, 1, 1)
  if kind == 'c' or kind == 'a' then return 'k' end
  local isMarked = text and ${IS_MARKED}
  if not isMarked and not (text and ${IS_SOUND}) then return 'u' end
  if not kind then return 'o' end
  call('HDEL', ended, id)
  if call('ZREM', ends, kind .. id) == 0 and kind == 'd' then call('LREM', oldDead, -1, id) end
  -- Its end is no more, and neither is what would have followed from it.
  call('ZREM', ends, 'o' .. id)
  call('HDEL', notes, 'l' .. id)
  if kind == 'd' then
    noteError(id, '0' .. sub(record, 3, 11), fmt('%015.0f', tonumber(sub(record, 12, 26)) - tonumber(sub(record, 2, 2))), sub(record, string.find(record, '\\n', 27, true) + 1))
  end
  local number, due = fmt('%011x', call('HINCRBY', meta, 'seq', 1)), now + after
  local place, priority = fmt('%015.0f', due) .. number, isMarked and tonumber(sub(text, 42, 42)) or 0
  local key = isMarked and ${KEY_OF}
  -- It expires no more. When it ended is kept, for its next end has to come later.
  local before = 'e' .. sub(record, 13, 26)
  if isMarked then
    call('HSET', tasks, id, sub(text, 1, 15) .. place .. sub(text, 42, 42) .. before .. sub(text, 58))
  else
    call('HSET', tasks, id, 'X' .. sub(text, 2, 15) .. place .. '0' .. before .. '0' .. sub(text, 42))
  end
  if key and hasKeys then
    join(key, ${laneOf('priority', 1)} .. place, '-', id)
  elseif priority > 0 then
    call('ZADD', again, ${scoreOf('priority', 1, 'due')}, ${urgentMember('number', 'id')})
  elseif after > 0 then
    call('ZADD', fresh, fmt('%.0f', due), number .. id)
  else
    call('RPUSH', ready, id)
  end
  if after == 0 then wake = true end
  return 'q'
end
for i = 3, #ARGV, 2 do letters[#letters + 1] = redriveOne(ARGV[i], tonumber(ARGV[i + 1])) end
joinAll()
saveTurns()
if wake then call('PUBLISH', ARGV[2], '') end
return table.concat(letters)
`;

/**
 * Other payloads for queued tasks of which no attempt was counted. They keep their place.
 *
 * KEYS  1 tasks  2 back  3 leases  4 overdue  5 ended      ARGV  1 now, then id and payload of each
 * Answer  a character for each: r replaced, s started, u unknown
 */
export const REPLACE: string = `
local call, sub = redis.call, string.sub
local tasks, back, leases, overdue, ended, letters = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], {}
local function replaceOne(id, payload)
  if call('HEXISTS', ended, id) == 1 or call('HEXISTS', leases, id) == 1 or call('HEXISTS', overdue, id) == 1 then return 's' end
  local text, before = call('HGET', tasks, id), call('HGET', back, id)
  local isMarked = text and ${IS_MARKED}
  if not isMarked and not (text and ${IS_SOUND}) then return 'u' end
  if before and sub(before, 1, 10) ~= '0000000000' then return 's' end
  call('HSET', tasks, id, sub(text, 1, isMarked and ${PAYLOAD_AT} - 1 or 41) .. payload)
  return 'r'
end
for i = 2, #ARGV, 2 do letters[#letters + 1] = replaceOne(ARGV[i], ARGV[i + 1]) end
return table.concat(letters)
`;
