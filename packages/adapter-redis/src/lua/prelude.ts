/**
 * What scripts begin with and share. A closure costs a search through all that is captured so far, each time the script runs, so what is on the
 * usual path is written out, and functions are made only in the branches that call them.
 */
import { END_EXPIRED, WITHOUT_TURNS } from './turns.ts';
import { FIRST_URGENT } from './urgent.ts';

/**
 * ARGV[1] is the present in tests, where the server's time must stand still; otherwise it is empty, and the server's own clock counts.
 */
export const PRELUDE: string = `
local call, sub, fmt, floor, min = redis.call, string.sub, string.format, math.floor, math.min
local now = tonumber(ARGV[1])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + floor(time[2] / 1000)
end
local stamp = fmt('%015.0f', now)
`;

/**
 * Puts leases whose deadline has passed among the overdue, so that the number of leases is what runs. `next` in the labourer's
 * meta is no later than the first deadline: until it has passed there is nothing to look for, and the look is once a lease's length
 * and not once a call. For a script that has `leases`, `overdue`, `order`, `meta`, `heads` and `turns`; afterwards `deadline` is what `next` is, or nil,
 * and `hasKeys` tells whether tasks with a key wait apart from others.
 */
export const EXPIRE: string = `
local facts = call('HMGET', meta, 'next', 'keyed')
local deadline, hasKeys, held = tonumber(facts[1]), facts[2] and facts[2] ~= '${WITHOUT_TURNS}', nil
if deadline and deadline <= now then
  local all = call('HGETALL', leases)
  deadline = nil
  for i = 1, #all, 2 do
    local id, lease = all[i], all[i + 1]
    local ends = tonumber(sub(lease, 1, 15))
    if ends <= now then
      call('HDEL', leases, id)
      call('HSET', overdue, id, lease)
      call('ZADD', order, sub(lease, 1, 15), id)
      local at = hasKeys and sub(lease, 31, 31) ~= '0' and string.find(lease, '\\n', 67, true)
      if at then
        held = held or {}
        held[sub(lease, at + 1)] = (held[sub(lease, at + 1)] or 0) + 1
      end
    elseif not deadline or ends < deadline then
      deadline = ends
    end
  end
  if held then
${END_EXPIRED}
  end
  if deadline then call('HSET', meta, 'next', fmt('%015.0f', deadline)) else call('HDEL', meta, 'next') end
end
`;

/** Makes `next` no later than `expiry`. */
export const EXPECT: string = `
if not deadline or deadline > expiry then
  deadline = expiry
  call('HSET', meta, 'next', fmt('%015.0f', expiry))
end
`;

/** Into `due`: the first due time among `ready`, `fresh` and `again`; `now` for what is ready, whenever it fell due; nil if nothing waits. */
export const FIRST_DUE: string = `
if call('LLEN', ready) > 0 then
  due = now
else
  local a, f = call('ZRANGE', again, 0, 0, 'WITHSCORES')[2], call('ZRANGE', fresh, 0, 0, 'WITHSCORES')[2]
  if a and tonumber(a) < 0 then
${FIRST_URGENT}
  end
  due = a and f and min(tonumber(a), tonumber(f)) or tonumber(a or f)
end
`;

/** True of a `text` whose head is as `rows.ts` has it: two instants and a number. */
export const IS_SOUND: string = `#text >= 41 and not string.find(sub(text, 1, 30), '%D') and not string.find(sub(text, 31, 41), '%X')`;
