import { DECLARE_LINES, LINES } from './lines.ts';
import { IS_MARKED, KEY_OF, MAY_EXPIRE, ONLY_KEY } from './marked.ts';
import { IS_SOUND } from './prelude.ts';
import { APART, laneOf, MOVING, WITHOUT_TURNS } from './turns.ts';

/** Tasks that one call moves at most, some 20 to 50 ms. */
const PAGE = 4000;

/**
 * For EXCHANGE, when a claim asks for keys for the first time. Until then tasks with a key have waited among the others, and cost what those do; from now on
 * they wait apart, those that come as well. Of a long backlog each call moves a page, and claims that ask for keys take of what has been moved: how many
 * of a key run is known from the first of them on. Lists, counts and cancellations look in both places all the while.
 *
 * Taking away comes first in each step: a server whose memory is full refuses a script that begins with adding.
 */
export const MOVE: string = `${DECLARE_LINES}${LINES}
  isMoving = true
  if state == '${WITHOUT_TURNS}' then
    state = '${MOVING}r'
    -- What runs, or ran until it was overdue, has to say whose it is.
    for k, holder in ipairs({ leases, overdue }) do
      local all = call('HGETALL', holder)
      for i = 1, #all, 2 do
        local text, lease = call('HGET', tasks, all[i]), all[i + 1]
        local key = text and ${IS_MARKED} and ${KEY_OF}
        if key then
          call('HDEL', holder, all[i])
          call('HSET', holder, all[i], lease .. '\\n' .. key)
          if not runsOf[key] then loadTurns({ key }) end
          if k == 1 then runsOf[key], runsChanged = runsOf[key] + 1, runsChanged + 1 end
        end
      end
    end
  end
  local left, gaps = ${PAGE}, 0
  -- The keys of these records, each once, are looked at together.
  local function keysOf(records)
    local keys, unknown, head = {}, {}, nil
    for i = 1, #records do
      local text, key = records[i], nil
      -- Tasks that were enqueued together begin alike: one of them is looked at closely.
      if text and head and sub(text, 1, 30) == head and sub(text, 42, 58) == '${ONLY_KEY}' then
        key = string.match(text, '^([^\\n]+)\\n', 59)
      elseif text then
        key = ${IS_MARKED} and ${KEY_OF}
        if key then head = sub(text, 1, 30) end
      end
      keys[i] = key
      if key and not runsOf[key] then
        runsOf[key] = 0
        unknown[#unknown + 1] = key
      end
    end
    if #unknown > 0 then loadTurns(unknown) end
    return keys
  end
  local function flagOf(text, tries) return tries == 0 and ${MAY_EXPIRE} and 'e' or '-' end
  while left > 0 and state == '${MOVING}r' do
    local names = call('LPOP', ready, min(left, 1000))
    if not names then
      state = '${MOVING}f0'
    else
      left = left - #names
      local records, stay = call('HMGET', tasks, unpack(names)), {}
      local keys = keysOf(records)
      for i = 1, #names do
        local name, text, key = names[i], records[i], keys[i]
        if key then
          join(key, ${laneOf('0', 1)} .. sub(text, 16, 41), flagOf(text, 0), name)
        elseif not text and sub(name, 1, 1) == '\\0' then
          gaps = gaps + 1
        else
          -- The others are not ready any more but in order of their instants; a broken one, which has none, will be met and set aside.
          local place = text and (${IS_SOUND} or ${IS_MARKED}) and sub(text, 16, 41) or stamp .. '00000000000'
          stay[#stay + 1] = tonumber(sub(place, 1, 15))
          stay[#stay + 1] = sub(place, 16) .. name
        end
      end
      if #stay > 0 then call('ZADD', fresh, unpack(stay)) end
    end
  end
  if gaps > 0 then call('HINCRBY', meta, 'gaps', -gaps) end
  -- A scan shows each that is there from its beginning to its end, whatever comes and goes meanwhile; and no task with a key comes here any more.
  while left > 0 and state ~= '${MOVING}r' and state ~= '${APART}' do
    local isFresh = sub(state, 2, 2) == 'f'
    local queue = isFresh and fresh or again
    local answer, names = call('ZSCAN', queue, sub(state, 3), 'COUNT', 1000), {}
    local members = answer[2]
    left = left - #members / 2 - 1
    for i = 1, #members, 2 do names[#names + 1] = sub(members[i], 12) end
    local records = #names > 0 and call('HMGET', tasks, unpack(names)) or {}
    local backs = #names > 0 and call('HMGET', back, unpack(names)) or {}
    local keys = keysOf(records)
    for i = 1, #names do
      local text, before, key = records[i], backs[i], keys[i]
      if key and call('ZREM', queue, members[2 * i - 1]) == 1 then
        local priority, number = tonumber(sub(text, 42, 42)), sub(text, 31, 41)
        local place = before and ${laneOf('priority', 0)} .. sub(before, 11, 25) .. number or ${laneOf('priority', 1)} .. sub(text, 16, 41)
        join(key, place, flagOf(text, before and tonumber(sub(before, 1, 10)) or 0), names[i])
      end
    end
    state = sub(state, 1, 2) .. answer[1]
    if answer[1] == '0' then state = isFresh and '${MOVING}a0' or '${APART}' end
  end
  joinAll()
  call('HDEL', meta, 'keyed')
  call('HSET', meta, 'keyed', state)
  isMoving = state ~= '${APART}'
`;
