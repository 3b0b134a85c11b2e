import { laneAfter } from './turns.ts';

/** The names of what LINES makes. */
export const DECLARE_LINES: string = `
local join, joinAll, leave, endRun
`;

/**
 * Into the line of a key and out of it, task by task, from anywhere. For a script that has TURNS, and `keyed`; made only in the branches that call it.
 *
 * The first tasks of a key are in `turns` while all that waits of it is of one lane and comes in order. What is otherwise is led back to that they all are
 * in `lines`: the next claim that finds one lane takes the first out of it again.
 */
export const LINES: string = `
  local toKeyed, toLines, joins, joinsOfLines, lastOf = {}, {}, 0, 0, {}
  local function spread(key)
    local entries, at, members = entriesOf[key], atOf[key], {}
    while at <= #entries do
      local stop = find(entries, '\\0', at + 28, true)
      members[#members + 1] = '0'
      members[#members + 1] = key .. '\\n' .. sub(entries, at, stop - 1)
      at = stop + 1
    end
    call('ZADD', lines, unpack(members))
    lanesOf[key], entriesOf[key], firstOf[key], lastOf[key] = { firstOf[key] }, nil, nil, nil
  end
  local function laneHead(own, lane)
    for i = 1, #own do if sub(own[i], 1, 1) == lane then return own[i] end end
  end
  -- The first of a lane is another now, or nobody.
  local function setHead(key, lane, place)
    local own, at = lanesOf[key], 1
    while own[at] and sub(own[at], 1, 1) < lane do at = at + 1 end
    if own[at] and sub(own[at], 1, 1) == lane then table.remove(own, at) end
    if place then table.insert(own, at, place) end
    if not own[1] then lanesOf[key] = nil end
  end
  -- Into its line, once \`joinAll\` has been called. True if nothing of its key was due before.
  join = function(key, place, flag, id)
    if not runsOf[key] then loadTurns({ key }) end
    local entry = place .. flag .. id
    toKeyed[joins + 1], toKeyed[joins + 2], joins = '0', entry .. '\\0' .. key, joins + 2
    local entries, first, last = entriesOf[key], firstOf[key], lastOf[key]
    -- As the one before of this key: behind all that are in \`turns\`.
    if last and place > last and byte(place) == byte(last) then
      toLines[joinsOfLines + 1], toLines[joinsOfLines + 2], joinsOfLines = '0', key .. '\\n' .. entry, joinsOfLines + 2
      return sub(first, 2, 16) > stamp
    end
    local lane = sub(place, 1, 1)
    if entries then
      local tail = tailOf[key] or sub(textOf[key], 37, 64)
      if sub(first, 1, 1) == lane and place > sub(tail, 2) then
        if sub(tail, 1, 1) == '.' and #entries - atOf[key] < 240 then
          entriesOf[key], tailOf[key] = entries .. entry .. '\\0', '.' .. place
        else
          toLines[joinsOfLines + 1], toLines[joinsOfLines + 2], joinsOfLines = '0', key .. '\\n' .. entry, joinsOfLines + 2
          tailOf[key], lastOf[key] = '+' .. sub(tail, 2), sub(tail, 2)
        end
        return sub(first, 2, 16) > stamp
      end
      spread(key)
    end
    local own = lanesOf[key]
    if not own then
      entriesOf[key], atOf[key], firstOf[key], tailOf[key] = entry .. '\\0', 1, place, '.' .. place
      return true
    end
    local isFirst, head = true, laneHead(own, lane)
    for i = 1, #own do if sub(own[i], 2, 16) <= stamp then isFirst = false end end
    if not head or place < head then setHead(key, lane, place) end
    toLines[joinsOfLines + 1], toLines[joinsOfLines + 2], joinsOfLines = '0', key .. '\\n' .. entry, joinsOfLines + 2
    return isFirst
  end
  joinAll = function()
    for i = 1, joins, 4000 do call('ZADD', keyed, unpack(toKeyed, i, min(i + 3999, joins))) end
    for i = 1, joinsOfLines, 4000 do call('ZADD', lines, unpack(toLines, i, min(i + 3999, joinsOfLines))) end
    toKeyed, toLines, joins, joinsOfLines = {}, {}, 0, 0
  end
  -- Out of its line, from wherever it stands. True if it was there.
  leave = function(key, place, id)
    local flag = call('ZREM', keyed, place .. '-' .. id .. '\\0' .. key) == 1 and '-' or call('ZREM', keyed, place .. 'e' .. id .. '\\0' .. key) == 1 and 'e'
    if not flag then return false end
    if not runsOf[key] then loadTurns({ key }) end
    if entriesOf[key] then spread(key) end
    call('ZREM', lines, key .. '\\n' .. place .. flag .. id)
    local lane = sub(place, 1, 1)
    if laneHead(lanesOf[key] or {}, lane) == place then
      local member = call('ZRANGEBYLEX', lines, '[' .. key .. '\\n' .. lane, '(' .. key .. '\\n' .. ${laneAfter('lane')}, 'LIMIT', 0, 1)[1]
      setHead(key, lane, member and sub(member, #key + 2, #key + 28))
    end
    return true
  end
  endRun = function(key)
    if not runsOf[key] then loadTurns({ key }) end
    runsOf[key], runsChanged = runsOf[key] - 1, runsChanged - 1
  end
`;
