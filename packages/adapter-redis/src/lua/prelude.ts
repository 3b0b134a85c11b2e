/**
 * What every script begins with. ARGV[1] is the present in tests, where the server's time must stand still; otherwise it is empty,
 * and the server's own clock counts.
 */
export const PRELUDE: string = `
local call, sub, fmt, floor, min = redis.call, string.sub, string.format, math.floor, math.min
local now = tonumber(ARGV[1])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + floor(time[2] / 1000)
end
local function instant(at) return fmt('%015.0f', at) end
`;

/**
 * Puts leases whose deadline has passed among the overdue, so that the number of leases is what runs. \`next\` in the labourer's
 * meta is no later than the first deadline: until it has passed there is nothing to look for, and the look is once a lease's length
 * and not once a call.
 */
export const EXPIRE: string = `
local function expire(leases, overdue, order, meta)
  local next = call('HGET', meta, 'next')
  if not next or tonumber(next) > now then return end
  local all, first = call('HGETALL', leases), nil
  for i = 1, #all, 2 do
    local id, lease = all[i], all[i + 1]
    local deadline = tonumber(sub(lease, 1, 15))
    if deadline <= now then
      call('HDEL', leases, id)
      call('HSET', overdue, id, lease)
      call('ZADD', order, sub(lease, 1, 15), id)
    elseif not first or deadline < first then
      first = deadline
    end
  end
  if first then call('HSET', meta, 'next', instant(first)) else call('HDEL', meta, 'next') end
end
local function expect(meta, deadline)
  local next = call('HGET', meta, 'next')
  if not next or tonumber(next) > deadline then call('HSET', meta, 'next', instant(deadline)) end
end
`;
