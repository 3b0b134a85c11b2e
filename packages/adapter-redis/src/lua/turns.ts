/**
 * Tasks with a key, so that keys can take turns. They wait in none of the usual queues but in a sorted set of one score, which Redis keeps in the
 * order of their bytes, so that a range of bytes is a range of tasks; and key by key, the first few in `turns`, what is behind them in `lines`:
 *
 * keyed    place(27) flag(1) id NUL key        all of them in the order of C6
 * lines    key LF place(27) flag(1) id         the same, key by key, but for those that are in `turns`
 * heads    runs(8) place(27) key               by how many of the key run: the first of each lane of each key
 *          runs(8) place(27) pad(30) key       the same, or an earlier place, of a key whose first tasks are in `turns`. The pad makes it so long that Redis
 *                                              has no list that is read from its beginning, as it has of a hundred short ones
 * turns    hash: key to how the key stands; "" to how many tasks with a key run in all
 *
 * place    lane(1) due(15) number(11): a letter for each priority and, in it, for those that were tried before and the fresh ones. Whoever looks for
 *          what is due reads the first of a lane, and if it is not due, goes on at the next lane: no more looks than there are lanes.
 * flag     "e" if it may run out of time, else "-"
 * runs     in hexadecimal: so many leases with the key run
 *
 * How a key stands begins as its members of `heads` do:
 *
 *   runs(8) and a place for each lane            in general: all its tasks are in `lines`
 *   runs(8) place(27) LF more(1) last(27) then place(27) flag(1) id NUL of its first tasks
 *                                                if all of it that waits is of one lane, as most are: "+" if `lines` has more behind `last`, else "."
 *
 * The next in turn is then the first of `heads` that is due, whatever the number of keys, and of tasks in a line. A place in `heads` that is earlier than
 * the first task is set right by whoever meets it there; until then a key whose tasks are completed and claimed in one script needs no write in `heads`.
 */

/** Lua: the lane of a task. `place`: 0 if it was tried or released before, else 1. */
export const laneOf = (priority: string, place: 0 | 1): string => `string.char(97 + (9 - ${priority}) * 2 + ${place})`;

/** Lua: the letter of the next lane. */
export const laneAfter = (lane: string): string => `string.char(string.byte(${lane}) + 1)`;

/** What `keyed` in meta says while no claim has ever asked for keys: there are tasks with a key, and they wait among the others. */
export const WITHOUT_TURNS = 'p';
/** And while they are moved from there: "m", and where the next call goes on. */
export const MOVING = 'm';
/** And when they all wait apart. (Those of before there was more to say have always done so.) */
export const APART = '1';

const PAD = `\\n${'-'.repeat(29)}`;

/** How many of a line are read together. */
const AHEAD = 4;

/** The names of what TURNS makes, for scripts that make it in a branch: locals that are declared before. */
export const DECLARE_TURNS: string = `
local byte, find = string.byte, string.find
local loadTurns, refill, saveTurns, runsChanged
local known, textOf, wasOf, runsOf, lanesOf, firstOf, entriesOf, atOf, tailOf, met
`;

/**
 * Keys that are looked at, as they will be: `loadTurns` reads them, `saveTurns` writes what has changed, once for a script. Between the two nobody
 * else runs. For a script that has `lines`, `heads` and `turns`. Of each key, in tables of one kind, since a table for each would cost more than all else:
 *
 * textOf, wasOf        how it stands, and how many of it ran
 * runsOf               how many of it run
 * lanesOf              the first places of its lanes, if it stands in general
 * entriesOf, atOf      else its first tasks, and where in that text the next begins; firstOf its place; tailOf "more" and "last", if they are others now
 */
export const TURNS: string = `
  known, textOf, wasOf, runsOf, lanesOf, firstOf, entriesOf, atOf, tailOf, met, runsChanged = {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0
  local numbers = {}
  loadTurns = function(names)
    local texts, n = call('HMGET', turns, unpack(names)), #known
    for i = 1, #names do
      local key, text = names[i], texts[i] or '00000000'
      local rank = sub(text, 1, 8)
      local runs = numbers[rank]
      if not runs then
        runs = tonumber(rank, 16)
        numbers[rank] = runs
      end
      known[n + i] = key
      textOf[key], wasOf[key], runsOf[key] = text, runs, runs
      if byte(text, 36) == 10 then
        entriesOf[key], atOf[key], firstOf[key] = text, 65, sub(text, 65, 91)
      elseif #text > 8 then
        local own = {}
        for at = 9, #text, 27 do own[#own + 1] = sub(text, at, at + 26) end
        lanesOf[key] = own
      end
    end
  end
  -- Of a key of one lane: its first tasks out of lines.
  refill = function(key, lane)
    local from, to = '[' .. key .. '\\n' .. lane, '(' .. key .. '\\n' .. ${laneAfter('lane')}
    local members = call('ZRANGEBYLEX', lines, from, to, 'LIMIT', 0, ${AHEAD})
    local n, start = #members, #key + 2
    lanesOf[key], entriesOf[key], firstOf[key] = nil, nil, nil
    if n == 0 then return end
    call('ZREMRANGEBYLEX', lines, '[' .. members[1], '[' .. members[n])
    for i = 1, n do members[i] = sub(members[i], start) end
    firstOf[key], tailOf[key] = sub(members[1], 1, 27), (n == ${AHEAD} and '+' or '.') .. sub(members[n], 1, 27)
    members[n + 1] = ''
    entriesOf[key], atOf[key] = table.concat(members, '\\0'), 1
  end
  saveTurns = function()
    local gone, come, fields, empty, ranks, n = {}, {}, {}, {}, {}, 0
    for i = 1, #known do
      local key = known[i]
      local text, runs, entries = textOf[key], runsOf[key], entriesOf[key]
      local isShort, rank, whole, stays = byte(text, 36) == 10, ranks[runs], nil, false
      if not rank then
        rank = fmt('%08x', runs)
        ranks[runs] = rank
      end
      local own = lanesOf[key]
      if entries then
        local at, first, place = atOf[key], firstOf[key], isShort and runs == wasOf[key] and sub(text, 9, 35)
        -- An earlier place may stay in heads, unless that is where it was met.
        stays = place and (place == first or place < first and not met[key])
        whole = rank .. (stays and place or first) .. '\\n' .. (tailOf[key] or sub(text, 37, 64)) .. (at > 1 and sub(entries, at) or entries)
      else
        whole = own and rank .. (own[2] and table.concat(own) or own[1]) or rank
      end
      if whole ~= text then
        if not stays then
          -- With one place, as most have, that is how its member begins.
          if isShort or #text == 35 then
            gone[#gone + 1] = sub(text, 1, 35) .. (isShort and '${PAD}' or '') .. key
          else
            for at = 9, #text, 27 do gone[#gone + 1] = sub(text, 1, 8) .. sub(text, at, at + 26) .. key end
          end
          if entries or own and not own[2] then
            come[#come + 1] = '0'
            come[#come + 1] = sub(whole, 1, 35) .. (entries and '${PAD}' or '') .. key
          else
            for at = 9, #whole, 27 do
              come[#come + 1] = '0'
              come[#come + 1] = rank .. sub(whole, at, at + 26) .. key
            end
          end
        end
        if whole == '00000000' then
          empty[#empty + 1] = key
        else
          fields[n + 1], fields[n + 2] = key, whole
          n = n + 2
        end
      end
    end
    for i = 1, #gone, 4000 do call('ZREM', heads, unpack(gone, i, min(i + 3999, #gone))) end
    for i = 1, #empty, 4000 do call('HDEL', turns, unpack(empty, i, min(i + 3999, #empty))) end
    for i = 1, #come, 4000 do call('ZADD', heads, unpack(come, i, min(i + 3999, #come))) end
    for i = 1, n, 4000 do call('HSET', turns, unpack(fields, i, min(i + 3999, n))) end
    if runsChanged ~= 0 and call('HINCRBY', turns, '', runsChanged) == 0 then call('HDEL', turns, '') end
  end
`;

/** For EXPIRE: `held` has how many leases of a key have expired. They run no more, and each of its heads is nearer to its turn. */
export const END_EXPIRED: string = `
  for key, count in pairs(held) do
    local text = call('HGET', turns, key)
    if text then
      local isShort, was = string.byte(text, 36) == 10, sub(text, 1, 8)
      local name = isShort and '${PAD}' .. key or key
      local rank = fmt('%08x', tonumber(was, 16) - count)
      for at = 9, isShort and 35 or #text, 27 do
        local place = sub(text, at, at + 26)
        call('ZREM', heads, was .. place .. name)
        call('ZADD', heads, '0', rank .. place .. name)
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
