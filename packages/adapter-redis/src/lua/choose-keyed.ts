import { laneAfter } from './turns.ts';

/**
 * For CHOOSE: those with a key. `takeLine` takes the first of a key's lane. `firstKeyed` and `takeKeyed` go through all in the order of C6, for a claim in
 * which keys do not count. They stay in `keyed` until `leaveKeyed`; how many of a key run is counted at once.
 */
export const CHOOSE_KEYED: string = `
  local outKeyed, outs = {}, 0
  local function leaveKeyed()
    for i = 1, outs, 4000 do call('ZREM', keyed, unpack(outKeyed, i, min(i + 3999, outs))) end
    outKeyed, outs = {}, 0
  end
  -- Of a key with several lanes that have tasks.
  local function takeOfLanes(key, head)
    local own, lane = lanesOf[key], sub(head, 1, 1)
    local members = call('ZRANGEBYLEX', lines, '[' .. key .. '\\n' .. head, '(' .. key .. '\\n' .. ${laneAfter('lane')}, 'LIMIT', 0, 2)
    for i = 1, #own do
      if own[i] == head then
        if members[2] then own[i] = sub(members[2], #key + 2, #key + 28) else table.remove(own, i) end
        break
      end
    end
    if members[1] then call('ZREM', lines, members[1]) end
    return members[1] and sub(members[1], #key + 2)
  end
  -- The first of this key, which stands at this place, is chosen, or dropped if it ran out of time.
  local function takeLine(key, head)
    local own, name, flag = lanesOf[key], nil, nil
    if own and not own[2] then
      refill(key, sub(head, 1, 1))
      own = nil
    end
    if own then
      local rest = takeOfLanes(key, head)
      if not rest then return end
      outs = outs + 1
      name, flag = sub(rest, 29), byte(rest, 28)
      outKeyed[outs] = rest .. '\\0' .. key
    else
      local entries, at = entriesOf[key], atOf[key]
      if not entries then return end
      outs = outs + 1
      local stop = find(entries, '\\0', at + 28, true)
      name, flag = sub(entries, at + 28, stop - 1), byte(entries, at + 27)
      outKeyed[outs] = sub(entries, at, stop) .. key
      if stop < #entries then
        atOf[key], firstOf[key] = stop + 1, sub(entries, stop + 1, stop + 27)
      elseif byte(tailOf[key] or textOf[key], tailOf[key] and 1 or 37) == 43 then
        refill(key, sub(head, 1, 1))
      else
        entriesOf[key], firstOf[key] = nil, nil
      end
    end
    local isTried = byte(head) % 2 == 1
    if flag == 101 and isOver(name, call('HGET', tasks, name), isTried) then return end
    runsOf[key], runsChanged = runsOf[key] + 1, runsChanged + 1
    if left then left[key] = (left[key] or others) - 1 end
    count = count + 1
    chosen[count], keyOf[count] = name, key
    if isTried then isAgain[count], anyTried = true, true end
  end
  local page, step, from = {}, 1, '-'
  local function firstKeyed()
    while not page[step] and from do
      local members, unknown = call('ZRANGEBYLEX', keyed, from, '+', 'LIMIT', 0, want - count), {}
      local last = members[#members]
      page, step = {}, 1
      for i = 1, #members do
        local member = members[i]
        if sub(member, 2, 16) <= stamp then
          local key = sub(member, find(member, '\\0', 29, true) + 1)
          page[#page + 1] = member
          if not runsOf[key] then
            runsOf[key] = 0
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
    step = step + 1
    takeLine(sub(member, find(member, '\\0', 29, true) + 1), sub(member, 1, 27))
  end
`;
