/**
 * Tasks with a key, so that keys can take turns. They wait in none of the usual queues but in two sorted sets of one score, which Redis keeps in the
 * order of their bytes, so that a range of bytes is a range of tasks:
 *
 * keyed    place(27) flag(1) id NUL key        all of them in the order of C6
 * lines    key LF place(27) flag(1) id         the same, key by key
 * heads    runs(8) place(27) key               the first of each lane of each key, by how many of the key run
 * turns    hash: key to runs(8) and the places of its heads, as they stand in `heads`; "" to how many tasks with a key run in all
 *
 * place    lane(1) due(15) number(11): a letter for each priority and, in it, for those that were tried before and the fresh ones. Whoever looks for
 *          what is due reads the first of a lane, and if it is not due, goes on at the next lane: no more looks than there are lanes.
 * flag     "e" if it may run out of time, else "-"
 * runs     in hexadecimal: so many leases with the key run
 *
 * The next in turn is then the first of `heads` that is due, whatever the number of keys, and of tasks in a line.
 */

/** Lua: the lane of a task. `place`: 0 if it was tried or released before, else 1. */
export const laneOf = (priority: string, place: 0 | 1): string => `string.char(97 + (9 - ${priority}) * 2 + ${place})`;

/** Lua: the letter of the next lane. */
export const laneAfter = (lane: string): string => `string.char(string.byte(${lane}) + 1)`;

/** The names of what TURNS makes, for scripts that make it in a branch: locals that are declared before. */
export const DECLARE_TURNS: string = `
local loadTurns, firstOf, setHead, join, leave, endRun, saveTurns, states, runsChanged
`;

/**
 * Keys that are looked at, as they will be: `loadTurns` reads them, `saveTurns` writes what has changed, once for a script. Between the two nobody
 * else runs, and lines and keyed are always as they are. For a script that has `keyed`, `lines`, `heads` and `turns`.
 */
export const TURNS: string = `
  states, runsChanged = {}, 0
  local function inBits(list, write)
    for i = 1, #list, 4000 do write(unpack(list, i, min(i + 3999, #list))) end
  end
  loadTurns = function(names)
    local texts = call('HMGET', turns, unpack(names))
    for i = 1, #names do
      local text = texts[i] or '00000000'
      local own = #text == 35 and { sub(text, 9) } or {}
      if #text > 35 then for at = 9, #text, 27 do own[#own + 1] = sub(text, at, at + 26) end end
      -- With room for what claims keep of it: a table that grows is made anew.
      states[names[i]] = { text = text, runs = tonumber(sub(text, 1, 8), 16), heads = own, lane = '', members = false, at = 1, size = 2, isAll = false }
    end
  end
  local function stateOf(key)
    if not states[key] then loadTurns({ key }) end
    return states[key]
  end
  firstOf = function(key, lane)
    local member = call('ZRANGEBYLEX', lines, '[' .. key .. '\\n' .. lane, '(' .. key .. '\\n' .. ${laneAfter('lane')}, 'LIMIT', 0, 1)[1]
    return member and sub(member, #key + 2, #key + 28)
  end
  -- The first of a lane is another now, or nobody.
  setHead = function(own, lane, place)
    for i = 1, #own do
      local other = sub(own[i], 1, 1)
      if other == lane then
        if place then own[i] = place else table.remove(own, i) end
        return
      end
      if other > lane then
        if place then table.insert(own, i, place) end
        return
      end
    end
    own[#own + 1] = place
  end
  local function headOf(own, lane)
    for i = 1, #own do if sub(own[i], 1, 1) == lane then return own[i] end end
  end
  -- Into its line. True if nothing of its key was due before.
  join = function(key, place, flag, id)
    local own, lane = stateOf(key).heads, sub(place, 1, 1)
    local isFirst, head = true, headOf(own, lane)
    for i = 1, #own do if sub(own[i], 2, 16) <= stamp then isFirst = false end end
    if not head or place < head then setHead(own, lane, place) end
    call('ZADD', lines, '0', key .. '\\n' .. place .. flag .. id)
    call('ZADD', keyed, '0', place .. flag .. id .. '\\0' .. key)
    return isFirst
  end
  -- Out of its line, from wherever it stands.
  leave = function(key, place, id)
    local isThere = false
    for _, flag in ipairs({ '-', 'e' }) do
      if call('ZREM', lines, key .. '\\n' .. place .. flag .. id) == 1 then isThere = true end
      call('ZREM', keyed, place .. flag .. id .. '\\0' .. key)
    end
    local own, lane = stateOf(key).heads, sub(place, 1, 1)
    if isThere and headOf(own, lane) == place then setHead(own, lane, firstOf(key, lane)) end
  end
  endRun = function(key)
    local state = stateOf(key)
    state.runs, runsChanged = state.runs - 1, runsChanged - 1
  end
  saveTurns = function()
    local gone, come, fields, empty, ranks = {}, {}, {}, {}, {}
    for key, state in pairs(states) do
      local runs, own, was = state.runs, state.heads, state.text
      local rank = ranks[runs]
      if not rank then
        rank = fmt('%08x', runs)
        ranks[runs] = rank
      end
      local text = rank .. (own[2] and table.concat(own) or own[1] or '')
      if text ~= was then
        -- With one head, as most have, the text is how its member begins.
        if #was == 35 then
          gone[#gone + 1] = was .. key
        else
          local wasRank = sub(was, 1, 8)
          for at = 9, #was, 27 do gone[#gone + 1] = wasRank .. sub(was, at, at + 26) .. key end
        end
        for i = 1, #own do
          come[#come + 1] = '0'
          come[#come + 1] = (own[2] and rank .. own[i] or text) .. key
        end
        if text == '00000000' then
          empty[#empty + 1] = key
        else
          fields[#fields + 1] = key
          fields[#fields + 1] = text
        end
        state.text = text
      end
    end
    inBits(gone, function(...) call('ZREM', heads, ...) end)
    inBits(empty, function(...) call('HDEL', turns, ...) end)
    inBits(come, function(...) call('ZADD', heads, ...) end)
    inBits(fields, function(...) call('HSET', turns, ...) end)
    if runsChanged ~= 0 then
      if call('HINCRBY', turns, '', runsChanged) == 0 then call('HDEL', turns, '') end
      runsChanged = 0
    end
  end
`;

/** For EXPIRE: `held` has how many leases of a key have expired. They run no more, and each of its heads is nearer to its turn. */
export const END_EXPIRED: string = `
  for key, count in pairs(held) do
    local text = call('HGET', turns, key)
    if text then
      local was = sub(text, 1, 8)
      local rank = fmt('%08x', tonumber(was, 16) - count)
      for at = 9, #text, 27 do
        local place = sub(text, at, at + 26)
        call('ZREM', heads, was .. place .. key)
        call('ZADD', heads, '0', rank .. place .. key)
      end
      if rank == '00000000' and #text == 8 then
        call('HDEL', turns, key)
      else
        call('HSET', turns, key, rank .. sub(text, 9))
      end
      if call('HINCRBY', turns, '', -count) == 0 then call('HDEL', turns, '') end
    end
  end
`;

/** For FIRST_DUE: makes `due` no later than the first due time among those with a key. Of each lane it looks at the first. */
export const FIRST_KEYED: string = `
  local from = '-'
  while from and not (due and due <= now) do
    local member = call('ZRANGEBYLEX', keyed, from, '+', 'LIMIT', 0, 1)[1]
    local at = member and tonumber(sub(member, 2, 16))
    if at and not (due and due < at) then due = at end
    from = member and '[' .. ${laneAfter('member')}
  end
`;

/** For CENSUS: how many with a key are due, and how many there are. */
export const COUNT_KEYED: string = `
  local queued, before = call('ZCARD', keyed), 0
  if queued > 0 then
    for lane = 97, 116 do
      local letter = string.char(lane)
      before = before + call('ZLEXCOUNT', keyed, '[' .. letter, '(' .. letter .. fmt('%015.0f', now + 1))
    end
  end
  come, timed = come + before, timed + queued
`;
