/**
 * Says that the keys have a newer layout from now on, which processes that know an older one refuse. Nothing else is to be done: what is absent
 * from a record of an older layout has its default, and lists of an older layout are read until they have run empty.
 *
 * KEYS  1 schema      ARGV  1 now  2 layout
 */
export const RAISE: string = `
local kept = tonumber(redis.call('GET', KEYS[1]))
if kept and kept < tonumber(ARGV[2]) then
  -- Taking away comes first: a server whose memory is full refuses a script that begins with adding.
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[1], ARGV[2])
end
return 0
`;
