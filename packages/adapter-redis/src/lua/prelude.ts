/**
 * What scripts begin with and share. A closure costs a search through all that is captured so far, each time the script runs, so what is on the
 * usual path is written out, and functions are made only in the branches that call them.
 */

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
 * Puts leases whose deadline has passed among the overdue, so that the number of leases is what runs. \`next\` in the labourer's
 * meta is no later than the first deadline: until it has passed there is nothing to look for, and the look is once a lease's length
 * and not once a call. For a script that has \`leases\`, \`overdue\`, \`order\` and \`meta\`; afterwards \`deadline\` is what \`next\` is, or nil.
 */
export const EXPIRE: string = `
local deadline = tonumber(call('HGET', meta, 'next'))
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
    elseif not deadline or ends < deadline then
      deadline = ends
    end
  end
  if deadline then call('HSET', meta, 'next', fmt('%015.0f', deadline)) else call('HDEL', meta, 'next') end
end
`;

/** Makes \`next\` no later than \`ends\`. */
export const EXPECT: string = `
if not deadline or deadline > ends then
  deadline = ends
  call('HSET', meta, 'next', fmt('%015.0f', ends))
end
`;

/** Into \`due\`: the first due time among \`ready\`, \`fresh\` and \`again\`; \`now\` for what is ready, whenever it fell due; nil if nothing waits. */
export const FIRST_DUE: string = `
if call('LLEN', ready) > 0 then
  due = now
else
  local a, f = call('ZRANGE', again, 0, 0, 'WITHSCORES')[2], call('ZRANGE', fresh, 0, 0, 'WITHSCORES')[2]
  due = a and f and min(tonumber(a), tonumber(f)) or tonumber(a or f)
end
`;

/** True of a \`text\` whose head is as \`rows.ts\` has it: two instants and a number. */
export const IS_SOUND: string = `#text >= 41 and not string.find(sub(text, 1, 30), '%D') and not string.find(sub(text, 31, 41), '%X')`;
