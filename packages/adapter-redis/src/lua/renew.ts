import { EXPECT, EXPIRE, PRELUDE } from './prelude.ts';

/**
 * Moves the deadlines of leases that run.
 *
 * KEYS  1 leases  2 overdue  3 order of the overdue  4 meta  5 heads  6 turns
 * ARGV  1 now, then id, token and new length of each
 * Answer  the new deadline of each; 0 if it is stale, -1 if its task is to be cancelled
 */
export const RENEW: string = `${PRELUDE}
local leases, overdue, order, meta, heads, turns = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
${EXPIRE}
local deadlines = {}
for i = 2, #ARGV, 3 do
  local lease, expiry = call('HGET', leases, ARGV[i]), 0
  local said = lease and sub(lease, 67)
  -- Behind the token there may be a key.
  if said and sub(lease, 31, 31) ~= '0' then said = string.match(said, '^[^\\n]*') end
  if said == ARGV[i + 1] and sub(lease, 31, 31) == 'x' then
    expiry = -1
  elseif said == ARGV[i + 1] then
    expiry = now + tonumber(ARGV[i + 2])
    -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
    call('HDEL', leases, ARGV[i])
    call('HSET', leases, ARGV[i], fmt('%015.0f', expiry) .. sub(lease, 16))
    ${EXPECT}
  end
  deadlines[#deadlines + 1] = expiry
end
return deadlines
`;
