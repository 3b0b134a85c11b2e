import { CHOOSE_KEYED } from './choose-keyed.ts';
import { CHOOSE_PLAIN } from './choose-plain.ts';
import { CHOOSE_TURNS } from './choose-turns.ts';
import { NOTE_END } from './ends.ts';
import { FOLLOWS, IS_MARKED, MAY_EXPIRE } from './marked.ts';
import { IS_SOUND } from './prelude.ts';

/** Leases for the chosen, in their order. What is broken is set aside, and is none of those that run. */
const HOLD_CHOSEN = `
  local function holdChosen()
    local asked, names, backs, records, r, n = {}, {}, {}, {}, 0, #ids
    if not isPlain then
      texts = call('HMGET', tasks, unpack(chosen))
    else
      for i = 1, count do
        if not texts[i] then asked[#asked + 1], names[#names + 1] = i, chosen[i] end
      end
      local answer = #names > 0 and call('HMGET', tasks, unpack(names))
      for i = 1, #asked do texts[asked[i]] = answer[i] end
    end
    if anyTried then
      asked, names = {}, {}
      for i in pairs(isAgain) do asked[#asked + 1], names[#names + 1] = i, chosen[i] end
      local answer = call('HMGET', back, unpack(names))
      for i = 1, #asked do backs[asked[i]] = answer[i] end
    end
    local head, marks, mark, begin = nil, nil, nil, nil
    for i = 1, count do
      local name, key, text, before = chosen[i], keyOf[i], texts[i], backs[i]
      -- Tasks that were enqueued together begin alike: one of them is looked at closely.
      local good = head and text and sub(text, 1, 30) == head and sub(text, 42, 58) == marks
      local isMarked = key and true
      if text and not good then
        isMarked = ${IS_MARKED}
        good = isMarked or not key and ${IS_SOUND}
        if good and isMarked then
          head, marks = sub(text, 1, 30), sub(text, 42, 58)
          mark = sub(text, 42, 42) == '0' and sub(text, 58, 58) == '2' and sub(text, 43, 43) ~= 'e' and 'k' or 'p'
          begin = (mark == 'k' and firstOfKey or firstMarked) .. '\\n'
        end
      elseif good then
        isMarked = true
      end
      if good and not (isAgain[i] and not before) then
        local lease
        n = n + 1
        if before then
          local attempt = fmt('%09.0f', tonumber(sub(before, 1, 10)) + 1)
          for j = #tried + 1, n - 1 do tried[j] = '' end
          tried[n] = '0' .. attempt .. sub(before, 11, 25)
          lease = held .. (isMarked and mark or '0') .. attempt .. sub(before, 11, 25) .. sub(text, 31, 41) .. ARGV[8]
          if key then lease = lease .. '\\n' .. key end
        elseif key then
          lease = begin .. key
        else
          lease = isMarked and firstMarked or first
        end
        records[r + 1], records[r + 2], r = name, lease, r + 2
        found[n], ids[n] = text, name
      else
        if key then giveBack(key) else runsPlain = runsPlain - 1 end
        -- What has ended already is only taken out of its line.
        if call('HEXISTS', ended, name) == 0 then
          local problem = text and text ~= '' and 'its record is not as this store writes it' or 'its record is gone'
          call('HSET', ended, name, 'a' .. '0000000000' .. stamp .. '\\n' .. problem)
          noteEnd('a', name)
          spoilt[#spoilt + 1] = name
          spoilt[#spoilt + 1] = problem
        end
      end
    end
    if r > 0 then call('HSET', leases, unpack(records)) end
  end
`;

/**
 * For CLAIM, while tasks with a key wait. Of what is due it chooses, one after another, and then makes the leases of all at once: with `perKey` or `room` by
 * turns, else by C6 over all. `chosen` grows to `want`; what is taken from a queue leaves it before anybody else can look.
 *
 * Why no two claims take the last place of a key: how many of it run is counted here and written here, in one script, and every script that lets one
 * end or expire writes it too, in the step that takes the lease out of those that run.
 */
export const CHOOSE: string = `
${NOTE_END}
  -- The chosen: their names, keys or false, records as far as they are known, which of them were tried before, and whether any has no key.
  local count, chosen, keyOf, texts, isAgain, isPlain, anyTried, want, drops = 0, {}, {}, {}, {}, false, false, 0, 0
  -- How many of a key may run, and with \`room\` how many more of it this claim may take.
  local perKey, others = tonumber(ARGV[keyArgs]), tonumber(ARGV[keyArgs + 1])
  local byTurns, left = perKey or others, others and {}
  perKey = perKey or 4294967295
  if others then
    for key, most in string.gmatch(ARGV[keyArgs + 2], '([^\\n]+)\\n(%d+)') do left[key] = tonumber(most) end
  end
  -- Of a key that is broken where it was met: it runs not.
  local function giveBack(key)
    runsOf[key], runsChanged = runsOf[key] - 1, runsChanged - 1
    if left then left[key] = left[key] + 1 end
  end
  local firstMarked = held .. 'p' .. sub(first, 32)
  -- Most that use keys give all their tasks one. While some of those with a key are still there, none is taken out of turn.
  local isMore = not (isMoving and byTurns) and call('EXISTS', ready, fresh, again) > 0
  local runsPlain = isMore and running - (tonumber(call('HGET', turns, '')) or 0) - runsChanged or 0
  -- Drops a task that ran out of time.
  local function isOver(name, text, isTried)
    if not text or sub(text, 1, 1) ~= 'X' or not ${MAY_EXPIRE} or not (${IS_MARKED}) then return false end
    if tonumber(sub(text, 43, 57)) > now then return false end
    local before = isTried and call('HGET', back, name)
    if before and tonumber(sub(before, 1, 10)) > 0 then return false end
    call('HDEL', back, name)
    call('HSET', ended, name, 'p' .. '0000000000' .. stamp .. (before and string.match(sub(before, 28), '^[^\\n]*\\n') .. sub(before, 26, 26) or '\\n'))
    noteEnd('p', name, ${FOLLOWS})
    dropped = dropped or {}
    dropped[#dropped + 1] = name
    drops = drops + 1
    return true
  end
${CHOOSE_PLAIN}${CHOOSE_KEYED}
${HOLD_CHOSEN}
  local isLast = false
  while #ids < room and not isLast and drops < 1000 do
    count, chosen, keyOf, texts, isAgain, isPlain, anyTried, want = 0, {}, {}, {}, {}, false, false, min(room - #ids, 1000)
    if byTurns then
${CHOOSE_TURNS}
    else
      while count < want and drops < 1000 do
        local plain, member = firstPlain(), firstKeyed()
        if plain and not (member and sub(member, 1, 27) < plain) then takePlain() elseif member then takeKeyed() else break end
      end
    end
    isLast = count < want
    leavePlain()
    leaveKeyed()
    if count > 0 then holdChosen() end
  end
`;
