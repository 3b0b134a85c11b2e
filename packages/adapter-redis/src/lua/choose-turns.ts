import { laneAfter } from './turns.ts';

/**
 * For CHOOSE: by turns. `heads` has the keys in the order of their turns, as they were when this script began. Those of which this script knows more are
 * kept by themselves, in `levels`, by how many of them run; the next is the first of the lowest level, unless some of `heads` that was not read yet
 * may come before it.
 */
export const CHOOSE_TURNS: string = `
      local levels, keyAt, low, unread, edgeRuns, edge, size = {}, {}, nil, '-', -1, '', nil
      local bound = '(' .. fmt('%08x', min(perKey, 4294967295))
      local function offer(key)
        local runs = runsOf[key]
        if runs >= perKey or left and (left[key] or others) <= 0 then return end
        local head, own = firstOf[key], lanesOf[key]
        if own then
          for i = 1, #own do
            if sub(own[i], 2, 16) <= stamp then
              head = own[i]
              break
            end
          end
        end
        if not head or sub(head, 2, 16) > stamp then return end
        local level = levels[runs]
        if not level then
          level = { at = 1, entries = {}, isSorted = true, isOpen = false }
          levels[runs] = level
        end
        local entries = level.entries
        local n = #entries + 1
        entries[n], keyAt[head] = head, key
        if n > level.at and head < entries[n - 1] then
          level.isSorted = level.isOpen
          -- Into its place, if it counts already.
          while level.isOpen and n > level.at and head < entries[n - 1] do
            entries[n], entries[n - 1] = entries[n - 1], head
            n = n - 1
          end
        end
        if not low or runs < low then low = runs end
      end
      local function lowest()
        while low do
          local level = levels[low]
          if level.entries[level.at] then
            if not level.isSorted then table.sort(level.entries) end
            level.isSorted, level.isOpen = true, true
            return level
          end
          levels[low], low = nil, nil
          for runs in pairs(levels) do if not low or runs < low then low = runs end end
        end
      end
      local function readHeads(level)
        -- Of keys without room there may be hundreds before one that has some: then each page is twice the one before.
        size = left and size and 2 * size or want - count
        local unknown, most, latest = {}, bound, level and level.entries[level.at + want - count - 1]
        -- With enough of one level at hand nothing that comes after them is asked for.
        if latest then most = '(' .. fmt('%08x', low) .. latest end
        local members = call('ZRANGEBYLEX', heads, unread, most, 'LIMIT', 0, size)
        for i = 1, #members do
          local key = sub(members[i], byte(members[i], 36) == 10 and 66 or 36)
          met[key] = true
          if not runsOf[key] and sub(members[i], 10, 24) <= stamp then
            runsOf[key] = 0
            unknown[#unknown + 1] = key
          end
        end
        if #members < size then
          unread = latest and '[' .. sub(most, 2) or nil
          edgeRuns, edge = low, latest
        else
          local last = members[size]
          edgeRuns, edge = tonumber(sub(last, 1, 8), 16), sub(last, 9, 35)
          unread = '(' .. last
          if sub(last, 10, 24) > stamp then
            edge = ${laneAfter('edge')}
            unread = '[' .. sub(last, 1, 8) .. edge
          end
        end
        if #unknown > 0 then loadTurns(unknown) end
        for i = 1, #unknown do offer(unknown[i]) end
      end
      for i = 1, #known do offer(known[i]) end
      while count < want and drops < 1000 do
        local level = lowest()
        local entry = level and level.entries[level.at]
        while unread and not (entry and (low < edgeRuns or low == edgeRuns and entry <= edge)) do
          readHeads(level)
          level = lowest()
          entry = level and level.entries[level.at]
        end
        local plain = places[at] or isMore and firstPlain()
        if plain and not (entry and (low < runsPlain or low == runsPlain and entry < plain)) then
          if takePlain() then runsPlain = runsPlain + 1 end
        elseif entry then
          local key = keyAt[entry]
          level.at = level.at + 1
          takeLine(key, entry)
          offer(key)
        else
          break
        end
      end
`;
