/** Scripts that look at any number of labourers: on one server all in one call, with several a call for each. */
import { EXPIRE, FIRST_DUE, PRELUDE } from './prelude.ts';

/**
 * Who has something due.
 *
 * KEYS  for each labourer: ready, fresh, again      ARGV  1 now      Answer  1 or 0 for each
 */
export const DUE: string = `${PRELUDE}
local answer = {}
for k = 1, #KEYS, 3 do
  local ready, fresh, again, due = KEYS[k], KEYS[k + 1], KEYS[k + 2], nil
  ${FIRST_DUE}
  answer[#answer + 1] = due and due <= now and 1 or 0
end
return answer
`;

/**
 * Leases past their deadline, the oldest first.
 *
 * KEYS  for each labourer: leases, overdue, order of the overdue, meta      ARGV  1 now  2 limit
 * Answer  for each labourer: id, deadline, id, deadline ...
 */
export const EXPIRED: string = `${PRELUDE}
local answer = {}
for k = 1, #KEYS, 4 do
  local leases, overdue, order, meta = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3]
  ${EXPIRE}
  answer[#answer + 1] = call('ZRANGE', order, 0, ARGV[2] - 1, 'WITHSCORES')
end
return answer
`;

/**
 * How many tasks are in each state.
 *
 * KEYS  for each labourer: ready, fresh, again, leases, overdue, order of the overdue, meta      ARGV  1 now
 * Answer  for each labourer: due, waiting, running, expired
 */
export const CENSUS: string = `${PRELUDE}
local answer = {}
for k = 1, #KEYS, 7 do
  local ready, fresh, again = KEYS[k], KEYS[k + 1], KEYS[k + 2]
  local leases, overdue, order, meta = KEYS[k + 3], KEYS[k + 4], KEYS[k + 5], KEYS[k + 6]
  ${EXPIRE}
  local timed = call('ZCARD', fresh) + call('ZCARD', again)
  local come = call('ZCOUNT', fresh, '-inf', now) + call('ZCOUNT', again, '-inf', now)
  answer[#answer + 1] = { call('LLEN', ready) + come, timed - come, call('HLEN', leases), call('ZCARD', order) }
end
return answer
`;

/**
 * Forgets a page of ended tasks of each labourer: first whole tasks by age, then the records of those above the number to keep, whose
 * ids stay known until their age.
 *
 * KEYS  for each labourer: tasks, ended, meta, unregister, completed, dead, aside
 * ARGV  1 now  2 how long ended tasks are known  3 how many records of a kind are kept  4 page
 * Answer  for each labourer: { forgotten, trimmed, 1 if there is more, then a page of ids to take out of the registry }
 */
export const FORGET: string = `${PRELUDE}
local keep, most, page = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local answer = {}
for k = 1, #KEYS, 7 do
  local tasks, ended, meta, unregister = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3]
  local forgotten, trimmed, more = 0, 0, 0
  for l = 4, 6 do
    local list, name = KEYS[k + l], 'list' .. l
    -- Of the list's first \`bare\` tasks only the id and the end are left.
    local bare = tonumber(call('HGET', meta, name .. 'bare') or 0)
    local ids = call('LRANGE', list, 0, page - 1)
    if #ids > 0 then
      local records, old = call('HMGET', ended, unpack(ids)), 0
      for i = 1, #ids do
        if records[i] and tonumber(sub(records[i], 12, 26)) > now - keep then break end
        old = i
      end
      if old > 0 then
        call('LTRIM', list, old, -1)
        call('HDEL', tasks, unpack(ids, 1, old))
        call('HDEL', ended, unpack(ids, 1, old))
        call('SADD', unregister, unpack(ids, 1, old))
        call('HINCRBY', meta, name .. 'gone', old)
        bare = bare > old and bare - old or 0
        call('HSET', meta, name .. 'bare', bare)
        forgotten = forgotten + old
        if old == page then more = 1 end
      end
    end
    local over = min(call('LLEN', list) - bare - most, page)
    if over > 0 then
      local names = call('LRANGE', list, bare, bare + over - 1)
      local records, bares = call('HMGET', ended, unpack(names)), {}
      for i = 1, over do
        bares[2 * i - 1] = names[i]
        local text = records[i] or 'c0000000000' .. stamp .. '\\n'
        bares[2 * i] = sub(text, 1, string.find(text, '\\n', 27, true))
      end
      call('HDEL', tasks, unpack(names))
      call('HSET', ended, unpack(bares))
      call('HSET', meta, name .. 'bare', bare + over)
      trimmed = trimmed + over
      if over == page then more = 1 end
    end
  end
  local out = { forgotten, trimmed, more }
  local names = call('SRANDMEMBER', unregister, page)
  for i = 1, #names do
    -- Known again: somebody has enqueued it anew, and the entry is his.
    if call('HEXISTS', tasks, names[i]) == 1 or call('HEXISTS', ended, names[i]) == 1 then
      call('SREM', unregister, names[i])
    else
      out[#out + 1] = names[i]
    end
  end
  answer[#answer + 1] = out
end
return answer
`;
