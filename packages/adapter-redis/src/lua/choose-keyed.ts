import { laneAfter } from './turns.ts';

/**
 * For CHOOSE: those with a key. `firstKeyed` and `takeKeyed` go through all of them in the order of C6; `takeLine` takes the first of a key's lane.
 * They stay in `lines` and `keyed` until `leaveLines`; how many of a key run is counted at once.
 */
export const CHOOSE_KEYED: string = `
  local outLines, outKeyed, lanes = {}, {}, {}
  -- The first of these lanes are others now: read when they have left.
  local function leaveLines()
    for i = 1, #outLines, 4000 do call('ZREM', lines, unpack(outLines, i, min(i + 3999, #outLines))) end
    for i = 1, #outKeyed, 4000 do call('ZREM', keyed, unpack(outKeyed, i, min(i + 3999, #outKeyed))) end
    for lane, key in pairs(lanes) do
      local letter = sub(lane, 1, 1)
      setHead(states[key].heads, letter, firstOf(key, letter))
    end
    outLines, outKeyed, lanes = {}, {}, {}
  end
  -- The rest of a member is what it has beside the key. It is chosen, or dropped if it ran out of time.
  local function takeOne(state, key, name, rest)
    if string.byte(rest, 28) == 101 and isOver(name, call('HGET', tasks, name), string.byte(rest) % 2 == 1) then return end
    state.runs, runsChanged = state.runs + 1, runsChanged + 1
    count = count + 1
    chosen[count], keyOf[count], texts[count], isAgain[count] = name, key, false, string.byte(rest) % 2 == 1
  end
  local page, step, from, after = {}, 1, '-', {}
  local function afterLane(lane)
    if not after[lane] then after[lane] = ${laneAfter('lane')} end
    return after[lane]
  end
  local function firstKeyed()
    while not page[step] and from do
      local members, unknown = call('ZRANGEBYLEX', keyed, from, '+', 'LIMIT', 0, want - count), {}
      local last = members[#members]
      page, step = {}, 1
      for i = 1, #members do
        local member = members[i]
        if sub(member, 2, 16) <= stamp then
          local key = sub(member, string.find(member, '\\0', 29, true) + 1)
          page[#page + 1] = member
          if not states[key] then
            states[key] = {}
            unknown[#unknown + 1] = key
          end
        end
      end
      if #unknown > 0 then loadTurns(unknown) end
      if not last then from = nil
      elseif sub(last, 2, 16) <= stamp then from = '(' .. last
      else from = '[' .. ${laneAfter('last')} end
    end
    return page[step]
  end
  local function takeKeyed()
    local member = page[step]
    local stop = string.find(member, '\\0', 29, true)
    local key, rest = sub(member, stop + 1), sub(member, 1, stop - 1)
    step = step + 1
    lanes[sub(member, 1, 1) .. key] = key
    outLines[#outLines + 1] = key .. '\\n' .. rest
    outKeyed[#outKeyed + 1] = member
    takeOne(states[key], key, sub(rest, 29), rest)
  end
  -- Some of a lane are read ahead: two at first, then twice as many each time.
  local function takeLine(state, key, head)
    local lane, members, place = sub(head, 1, 1), state.members, state.at
    local isOther = state.lane ~= lane
    if isOther then members, place, state.lane, state.size = {}, 0, lane, 2 end
    local member = members[place]
    place = place + 1
    if isOther or not members[place] and not state.isAll then
      local start, size = isOther and '[' .. key .. '\\n' .. head or '(' .. member, state.size
      members = call('ZRANGEBYLEX', lines, start, '(' .. key .. '\\n' .. afterLane(lane), 'LIMIT', 0, size)
      state.members, state.isAll, state.size, place = members, #members < size, 2 * size, 1
      if isOther then member, place = members[1], 2 end
    end
    state.at = place
    local rest, following = sub(member, #key + 2), members[place] and sub(members[place], #key + 2, #key + 28)
    local own = state.heads
    if own[2] or not following then setHead(own, lane, following) else own[1] = following end
    outLines[#outLines + 1] = member
    outKeyed[#outKeyed + 1] = rest .. '\\0' .. key
    takeOne(state, key, sub(rest, 29), rest)
  end
`;

/**
 * For CHOOSE: by turns. `heads` has the keys in the order of their turns, as they were when this script began. Those of which this script knows more are
 * kept by themselves, in `levels`, by how many of them run; the next is the first of the lowest level, unless some of `heads` that was not read yet
 * may come before it.
 */
export const CHOOSE_TURNS: string = `
      local levels, keyAt, low, unread, edgeRuns, edge = {}, {}, nil, '-', -1, ''
      local bound = '(' .. fmt('%08x', min(perKey, 4294967295))
      local function offer(state, key)
        if state.runs >= perKey then return end
        for i = 1, #state.heads do
          local head = state.heads[i]
          if sub(head, 2, 16) <= stamp then
            local level = levels[state.runs]
            if not level then
              level = { at = 1, entries = {}, isSorted = false }
              levels[state.runs] = level
            end
            local entries, n = level.entries, #level.entries + 1
            entries[n], keyAt[head] = head, key
            -- Into its place, if the others are in order.
            while level.isSorted and n > level.at and entries[n] < entries[n - 1] do
              entries[n], entries[n - 1] = entries[n - 1], entries[n]
              n = n - 1
            end
            if not low or state.runs < low then low = state.runs end
            return
          end
        end
      end
      local function lowest()
        while low do
          local level = levels[low]
          if level.entries[level.at] then
            if not level.isSorted then
              table.sort(level.entries)
              level.isSorted = true
            end
            return level
          end
          levels[low], low = nil, nil
          for runs in pairs(levels) do if not low or runs < low then low = runs end end
        end
      end
      local function readHeads()
        local size, unknown = want - count, {}
        local members = call('ZRANGEBYLEX', heads, unread, bound, 'LIMIT', 0, size)
        for i = 1, #members do
          local key = sub(members[i], 36)
          if sub(members[i], 10, 24) <= stamp and not states[key] then
            states[key] = {}
            unknown[#unknown + 1] = key
          end
        end
        if #unknown > 0 then loadTurns(unknown) end
        for i = 1, #unknown do offer(states[unknown[i]], unknown[i]) end
        local last = members[#members]
        if #members < size then
          unread = nil
        else
          edgeRuns, edge = tonumber(sub(last, 1, 8), 16), sub(last, 9, 35)
          unread = '(' .. last
          if sub(last, 10, 24) > stamp then
            edge = ${laneAfter('edge')}
            unread = '[' .. sub(last, 1, 8) .. edge
          end
        end
      end
      for key, state in pairs(states) do offer(state, key) end
      while count < want and drops < 1000 do
        local level = lowest()
        local entry = level and level.entries[level.at]
        while unread and not (entry and (low < edgeRuns or low == edgeRuns and entry <= edge)) do
          readHeads()
          level = lowest()
          entry = level and level.entries[level.at]
        end
        local plain = places[at] or isMore and firstPlain()
        if plain and not (entry and (low < runsPlain or low == runsPlain and entry < plain)) then
          if takePlain() then runsPlain = runsPlain + 1 end
        elseif entry then
          local key = keyAt[entry]
          level.at = level.at + 1
          takeLine(states[key], key, entry)
          offer(states[key], key)
        else
          break
        end
      end
`;
