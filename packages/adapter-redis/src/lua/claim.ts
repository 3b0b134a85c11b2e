import { CHOOSE } from './choose.ts';
import { NOTE_END } from './ends.ts';
import { FOLLOWS, IS_MARKED, MAY_EXPIRE, ONLY_KEY } from './marked.ts';
import { EXPECT, FIRST_DUE, IS_SOUND } from './prelude.ts';
import { FIRST_KEYED } from './turns.ts';
import { TAKE_URGENT } from './urgent.ts';

/**
 * A name of HOLD that is not the usual: what a cancelled task left in `ready`, a marked task, or a broken one. A marked one that ran out of time is
 * dropped, here where it is met and in the same step that takes it out of its queue.
 */
const HOLD_OTHER = `
        local name, before, isUrgent = names[i], backs and backs[i], members and sub(members[i], 1, 1) == 'U'
        if not text and sub(name, 1, 1) == '\\0' then
          gaps = gaps + 1
        elseif text and ${IS_MARKED} and (before or isUrgent or not members) then
          local tries = before and tonumber(sub(before, 1, 10)) or 0
          if tries == 0 and ${MAY_EXPIRE} and tonumber(sub(text, 43, 57)) <= now then
${NOTE_END}
            call('HDEL', back, name)
            call('HSET', ended, name, 'p' .. '0000000000' .. stamp .. (before and string.match(sub(before, 28), '^[^\\n]*\\n') .. sub(before, 26, 26) or '\\n'))
            noteEnd('p', name, ${FOLLOWS})
            dropped = dropped or {}
            dropped[#dropped + 1] = name
          else
            local attempt, place = fmt('%09.0f', tries + 1), '--------------------------'
            if before then place = sub(before, 11, 25) .. sub(text, 31, 41) end
            if members then tried[#tried + 1] = before and '0' .. attempt .. sub(before, 11, 25) or '' end
            records[#records + 1] = name
            records[#records + 1] = held .. 'p' .. attempt .. place .. ARGV[8]
            ids[#ids + 1] = name
            found[#found + 1] = text
          end
        else
${NOTE_END}
          local problem = text and 'its record is not as this store writes it' or 'its record is gone'
          call('HSET', ended, name, 'a' .. '0000000000' .. stamp .. '\\n' .. problem)
          noteEnd('a', name)
          spoilt[#spoilt + 1] = name
          spoilt[#spoilt + 1] = problem
        end
`;

/** Leases for `names`, which have left their queue. `members`: what they were in `again`, if that was their queue. */
const HOLD = `
    local texts = call('HMGET', tasks, unpack(names))
    local backs = members and call('HMGET', back, unpack(names))
    local records, whole, sound, marks = {}, #ids == 0, nil, nil
    for i = 1, #names do
      local text = texts[i]
      -- Tasks that were enqueued together begin alike: one of them is looked at closely.
      local good = text and sub(text, 1, 30) == sound and (not marks or sub(text, 42, 58) == marks)
      if text and not good then
        if ${IS_SOUND} then
          good, sound, marks = true, sub(text, 1, 30), nil
        elseif sub(text, 42, 58) == '${ONLY_KEY}' and ${IS_MARKED} then
          good, sound, marks = true, sub(text, 1, 30), '${ONLY_KEY}'
        end
      end
      if good and not (members and not backs[i]) then
        local lease = marks and firstOfKey or first
        if members then
          local before = fmt('%010.0f', tonumber(sub(backs[i], 1, 10)) + 1) .. sub(backs[i], 11, 25)
          tried[#tried + 1] = before
          lease = held .. (marks and 'k' .. sub(before, 2) or before) .. sub(members[i], 1, 11) .. ARGV[8]
        end
        records[#records + 1] = names[i]
        records[#records + 1] = lease
        if not whole then
          ids[#ids + 1] = names[i]
          found[#found + 1] = text
        end
      else
        if whole then
          whole = false
          for j = 1, i - 1 do ids[j], found[j] = names[j], texts[j] end
        end
${HOLD_OTHER}      end
    end
    if whole then ids, found = names, texts end
    if #records > 0 then call('HSET', leases, unpack(records)) end
`;

/** Two queues into `names`, each in order: those that were ready at once, and those whose due time was given and has come (`timed`). */
const MERGE = `
        names = {}
        local heads, i, j = call('LRANGE', ready, 0, want - 1), 1, 1
        local texts = #heads > 0 and call('HMGET', tasks, unpack(heads))
        while #names < want and (timed[i] or heads[j]) do
          local place = heads[j] and sub(texts[j] or '', 16, 41)
          if timed[i] and not (place and place < fmt('%015.0f', tonumber(timed[i + 1])) .. sub(timed[i], 1, 11)) then
            names[#names + 1] = sub(timed[i], 12)
            i = i + 2
          else
            names[#names + 1] = heads[j]
            j = j + 1
          end
        end
        if i > 1 then call('ZREMRANGEBYRANK', fresh, 0, (i - 1) / 2 - 1) end
        if j > 1 then call('LTRIM', ready, j - 1, -1) end
`;

/** The second half of EXCHANGE: what is to be done next. See there for keys and arguments. */
export const CLAIM: string = `
local ids, found, tried, spoilt, next, due, dropped = {}, {}, {}, {}, -1, nil, nil
if limit >= 0 then
  local running, mayBeAgain, gaps, band = call('HLEN', leases), true, 0, 0
  local room = min(limit, cap - running)
  local expiry = now + tonumber(ARGV[7])
  local held = fmt('%015.0f', expiry) .. stamp
  -- What a lease says whose task has not been tried: its due time and number are in the task's record.
  local first = held .. '0000000001--------------------------' .. ARGV[8]
  local firstOfKey = held .. 'k' .. sub(first, 32)
  if hasKeys and room > 0 and (isMoving or call('EXISTS', keyed) == 1) then
${CHOOSE}
    room = #ids
  end
  while #ids < room do
    local want, names, members = min(room - #ids, 1000), nil, nil
    if mayBeAgain then
      members = call('ZRANGEBYSCORE', again, '-inf', now, 'LIMIT', 0, want)
      mayBeAgain = #members > 0
    end
    if mayBeAgain and sub(members[1], 1, 1) == 'U' then
${TAKE_URGENT}
    elseif mayBeAgain then
      call('ZREMRANGEBYRANK', again, 0, #members - 1)
    end
    if mayBeAgain then
      names = {}
      for i = 1, #members do names[i] = sub(members[i], 12) end
    else
      members = nil
      local timed = call('ZRANGEBYSCORE', fresh, '-inf', now, 'WITHSCORES', 'LIMIT', 0, want)
      if #timed == 0 then
        names = call('LPOP', ready, want)
      else
${MERGE}
      end
    end
    if not names or #names == 0 then break end
${HOLD}
    -- More of them than one claim should drop: the next one goes on, and is told to come at once.
    if dropped and #dropped >= 1000 then break end
  end
  if gaps > 0 then call('HINCRBY', meta, 'gaps', -gaps) end
  if #ids > 0 then
${EXPECT}
  end
end
if freed > #ids or #ids < limit then
${FIRST_DUE}
  if hasKeys then
${FIRST_KEYED}
  end
  if due and #ids < limit then next = due > now and due - now or 0 end
  -- More places came free than were taken, and something is due: others should hear of it.
  if due and due <= now and freed > #ids and ARGV[2] ~= '' then call('PUBLISH', ARGV[2], '') end
end
`;
