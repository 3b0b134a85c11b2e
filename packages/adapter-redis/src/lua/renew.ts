import { EXPIRE, PRELUDE } from './prelude.ts';

/**
 * Moves the deadlines of leases that run.
 *
 * KEYS  1 leases  2 overdue  3 order of the overdue  4 meta
 * ARGV  1 now, then id, token and new length of each
 * Answer  the new deadline of each; 0 if it is stale
 */
export const RENEW: string = `${PRELUDE}${EXPIRE}
expire(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
local deadlines = {}
for i = 2, #ARGV, 3 do
  local lease, deadline = call('HGET', KEYS[1], ARGV[i]), 0
  if lease and sub(lease, 67) == ARGV[i + 1] then
    deadline = now + tonumber(ARGV[i + 2])
    -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
    call('HDEL', KEYS[1], ARGV[i])
    call('HSET', KEYS[1], ARGV[i], instant(deadline) .. sub(lease, 16))
    expect(KEYS[4], deadline)
  end
  deadlines[#deadlines + 1] = deadline
end
return deadlines
`;
