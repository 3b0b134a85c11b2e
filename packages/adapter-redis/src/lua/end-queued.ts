import { NOTE_END, NOTE_ERROR } from './ends.ts';
import { DECLARE_LINES, LINES } from './lines.ts';
import { END_STAMP, FOLLOWS, IS_MARKED, KEY_OF } from './marked.ts';
import { IS_SOUND, PRELUDE } from './prelude.ts';
import { DECLARE_TURNS, laneOf, TURNS, WITHOUT_TURNS } from './turns.ts';
import { urgentMember } from './urgent.ts';

/**
 * Takes a task out of `ready`. The list is in the order of numbers, so it is found by halving; a gap takes its place there, since to close the
 * list would move half of it. The gap keeps due time and number, so that the next search can go by it; claims pass over it.
 */
const OUT_OF_READY = `
  local function leaveReady(id, place)
    local number, low, high = sub(place, 16), 0, call('LLEN', ready)
    while low < high do
      local middle = floor((low + high) / 2)
      local name = call('LINDEX', ready, middle)
      local other = sub(name, 1, 1) == '\\0' and sub(name, 17) or sub(call('HGET', tasks, name) or '', 31, 41)
      if other < number then low = middle + 1 else high = middle end
    end
    if call('LINDEX', ready, low) ~= id then
      -- A broken task, which has no number, led the search astray.
      call('LREM', ready, 1, id)
      return
    end
    call('LSET', ready, low, '\\0' .. place)
    if call('HINCRBY', meta, 'gaps', 1) == call('LLEN', ready) then
      call('DEL', ready)
      call('HDEL', meta, 'gaps')
    end
  end
`;

/**
 * Ends queued tasks, and marks the leases of those that run and are to be cancelled. In one step with the look at the task: no claim comes
 * in between, so a task is either ended and in no queue, or held by a lease that is marked.
 *
 * KEYS  1 tasks  2 ready  3 fresh  4 again  5 back  6 leases  7 overdue  8 ended  9 meta  10 ends  11 notes  12 keyed  13 lines
 *       14 heads  15 turns
 * ARGV  1 now  2 "x" to cancel, "d" to bury, then id and error of each (of a cancellation: "")
 * Answer  a character for each: q it was queued and is ended, r it runs, e it had ended, u unknown
 */
export const END_QUEUED: string = `${PRELUDE}
local tasks, ready, fresh, again, back, leases, overdue = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local ended, meta, ends, notes = KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local keyed, lines, heads, turns = KEYS[12], KEYS[13], KEYS[14], KEYS[15]
local kind, letters = ARGV[2], {}
local state = call('HGET', meta, 'keyed')
local hasKeys = state and state ~= '${WITHOUT_TURNS}'
${NOTE_END}${NOTE_ERROR}${OUT_OF_READY}${DECLARE_TURNS}${TURNS}${DECLARE_LINES}${LINES}
local function endOne(id, error)
  if call('HEXISTS', ended, id) == 1 then return 'e' end
  local holder, lease = leases, call('HGET', leases, id)
  if not lease then holder, lease = overdue, call('HGET', overdue, id) end
  if lease then
    if kind == 'x' and sub(lease, 31, 31) ~= 'x' then
      -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
      call('HDEL', holder, id)
      call('HSET', holder, id, sub(lease, 1, 30) .. 'x' .. sub(lease, 32))
    end
    return 'r'
  end
  local text = call('HGET', tasks, id)
  local isMarked = text and ${IS_MARKED}
  if not isMarked and not (text and ${IS_SOUND}) then return 'u' end
  local number, before = sub(text, 31, 41), call('HGET', back, id)
  call('HDEL', back, id)
  local key, priority = isMarked and ${KEY_OF}, isMarked and tonumber(sub(text, 42, 42)) or 0
  local place = before and ${laneOf('priority', 0)} .. sub(before, 11, 25) .. number or ${laneOf('priority', 1)} .. sub(text, 16, 41)
  if key and hasKeys and leave(key, place, id) then
    -- It waited apart.
  elseif priority > 0 then
    call('ZREM', again, ${urgentMember('number', 'id')})
  elseif before then
    call('ZREM', again, number .. id)
  elseif call('ZREM', fresh, number .. id) == 0 then
    leaveReady(id, sub(text, 16, 41))
  end
  noteOldError(id, before)
${END_STAMP}
  call('HSET', ended, id, kind .. shift .. (before and sub(before, 2, 10) or '000000000') .. endStamp .. '\\n' .. error)
  noteEnd(kind, id, isMarked and ${FOLLOWS})
  return 'q'
end
for i = 3, #ARGV, 2 do letters[#letters + 1] = endOne(ARGV[i], ARGV[i + 1]) end
saveTurns()
return table.concat(letters)
`;
