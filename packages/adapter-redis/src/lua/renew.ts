import { EXPECT, EXPIRE, PRELUDE } from './prelude.ts';

/**
 * Moves the deadlines of leases that run.
 *
 * KEYS  1 leases  2 overdue  3 order of the overdue  4 meta
 * ARGV  1 now, then id, token and new length of each
 * Answer  the new deadline of each; 0 if it is stale
 */
export const RENEW: string = `${PRELUDE}
local leases, overdue, order, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
${EXPIRE}
local deadlines = {}
for i = 2, #ARGV, 3 do
  local lease, ends = call('HGET', leases, ARGV[i]), 0
  if lease and sub(lease, 67) == ARGV[i + 1] then
    ends = now + tonumber(ARGV[i + 2])
    -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
    call('HDEL', leases, ARGV[i])
    call('HSET', leases, ARGV[i], fmt('%015.0f', ends) .. sub(lease, 16))
    ${EXPECT}
  end
  deadlines[#deadlines + 1] = ends
end
return deadlines
`;
