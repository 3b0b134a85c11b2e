import { IS_MARKED, KEY_OF } from './marked.ts';
import { laneOf } from './turns.ts';
import { lowOf, WIDTH } from './urgent.ts';

/** Lua: into `members` the first of this range of scores, as many as are wanted yet. */
const rangeOf = (range: string): string => `
        members = call('ZRANGEBYSCORE', again, ${range}, 'WITHSCORES', 'LIMIT', 0, size - #places)`;

/**
 * For CHOOSE: those without a key, a page at a time in the order of C6. They stay where they are until `leavePlain`.
 * `firstPlain` is the place of the next, or nil; `takePlain` takes it.
 */
export const CHOOSE_PLAIN: string = `
  local places, names, records, sources, at = {}, {}, {}, {}, 1
  local outAgain, outFresh, outReady, outGaps, endGaps = {}, {}, 0, 0, 0
  local function leavePlain()
    if #outAgain > 0 then call('ZREM', again, unpack(outAgain)) end
    if #outFresh > 0 then call('ZREM', fresh, unpack(outFresh)) end
    if outReady > 0 then call('LTRIM', ready, outReady, -1) end
    gaps = gaps + outGaps
    outAgain, outFresh, outReady, outGaps = {}, {}, 0, 0
  end
  local function readAgain(size)
    local members = call('ZRANGE', again, 0, 0, 'WITHSCORES')
    if #members > 0 and tonumber(members[2]) < 0 then
      for band = 0, 17 do
        local low = ${lowOf('band')}
        if #places < size then
${rangeOf(`fmt('%.0f', low), fmt('%.0f', low + min(now, ${WIDTH - 1}))`)}
          for i = 1, #members, 2 do
            places[#places + 1] = string.char(97 + band) .. fmt('%015.0f', tonumber(members[i + 1]) - low) .. '0' .. sub(members[i], 2, 11)
            names[#names + 1], sources[#places] = sub(members[i], 12), members[i]
          end
        end
      end
    end
    if #places < size then
${rangeOf('0, now')}
      for i = 1, #members, 2 do
        places[#places + 1] = ${laneOf('0', 0)} .. fmt('%015.0f', tonumber(members[i + 1])) .. sub(members[i], 1, 11)
        names[#names + 1], sources[#places] = sub(members[i], 12), members[i]
      end
    end
  end
  -- As in a claim without keys, from two queues. What stood before a task in ready, gaps and itself, leaves with it.
  local function readFresh(size)
    local timed, line = call('ZRANGEBYSCORE', fresh, '-inf', now, 'WITHSCORES', 'LIMIT', 0, size), call('LRANGE', ready, 0, size - 1)
    local ofLine, i, j, before = #line > 0 and call('HMGET', tasks, unpack(line)), 1, 1, 0
    while size > 0 and (timed[i] or line[j]) do
      local place = line[j] and sub(ofLine[j] or '', 16, 41)
      if line[j] and sub(line[j], 1, 1) == '\\0' then
        before, j = before + 1, j + 1
      elseif timed[i] and not (place and place < fmt('%015.0f', tonumber(timed[i + 1])) .. sub(timed[i], 1, 11)) then
        places[#places + 1] = 't' .. fmt('%015.0f', tonumber(timed[i + 1])) .. sub(timed[i], 1, 11)
        names[#names + 1], sources[#places] = sub(timed[i], 12), timed[i]
        i, size = i + 2, size - 1
      else
        places[#places + 1] = 't' .. place
        names[#names + 1], sources[#places] = line[j], before
        before, j, size = 0, j + 1, size - 1
      end
    end
    endGaps = before
    return #line
  end
  local function firstPlain()
    while not places[at] and isMore do
      outReady, outGaps, endGaps = outReady + endGaps, outGaps + endGaps, 0
      leavePlain()
      local size, read = want - count, 0
      places, names, records, sources, at = {}, {}, {}, {}, 1
      readAgain(size)
      local left = size - #places
      if left > 0 then read = readFresh(left) end
      isMore = #places >= size or (left > 0 and read >= left)
      if #names > 0 then records = call('HMGET', tasks, unpack(names)) end
    end
    return places[at]
  end
  -- True if it is chosen; else it was dropped.
  local function takePlain()
    local place, name, text, source = places[at], names[at], records[at], sources[at]
    at = at + 1
    if type(source) == 'number' then
      outReady, outGaps = outReady + source + 1, outGaps + source
    elseif sub(place, 1, 1) == 't' then
      outFresh[#outFresh + 1] = source
    else
      outAgain[#outAgain + 1] = source
    end
    if isOver(name, text, string.byte(place) % 2 == 1) then return false end
    count = count + 1
    chosen[count], keyOf[count], texts[count], isPlain = name, false, text or '', true
    if string.byte(place) % 2 == 1 then isAgain[count], anyTried = true, true end
    local key = isMoving and text and ${IS_MARKED} and ${KEY_OF}
    if key then
      if not runsOf[key] then loadTurns({ key }) end
      runsOf[key], runsChanged, keyOf[count] = runsOf[key] + 1, runsChanged + 1, key
    end
    return true
  end
`;
