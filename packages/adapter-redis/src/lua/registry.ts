import { PRELUDE } from './prelude.ts';

/** Whether the labourer has it by now. Where he is on another server than the registry, the age of the entry stands in for the look. */
const IS_KNOWN = `
local function isKnown(id)
  return KEYS[2] and (call('HEXISTS', KEYS[2], id) == 1 or call('HEXISTS', KEYS[3], id) == 1)
end
`;

/**
 * With several servers: says that these ids are about to be stored for a labourer.
 *
 * KEYS  1 a bucket of the registry
 * ARGV  1 now  2 labourer, then the ids
 * Answer  { now, a character for each id: m for this labourer's, o for another's; then the owners }
 */
export const REGISTER: string = `${PRELUDE}
local labourer = ARGV[2]
local entry = stamp .. labourer
local flags, owners = {}, {}
for i = 3, #ARGV do
  local flag = 'm'
  if call('HSETNX', KEYS[1], ARGV[i], entry) == 0 then
    local owner = sub(call('HGET', KEYS[1], ARGV[i]), 16)
    -- Registered anew each time: an entry is no older than any enqueueing that relies on it.
    if owner == labourer then call('HSET', KEYS[1], ARGV[i], entry) else flag = 'o' owners[#owners + 1] = owner end
  end
  flags[#flags + 1] = flag
end
return { now, table.concat(flags), unpack(owners) }
`;

/**
 * Which of these ids a labourer knows.
 *
 * KEYS  1 tasks  2 ended      ARGV  1 now, then the ids      Answer  1 or 0 for each
 */
export const KNOWS: string = `
local known = {}
for i = 2, #ARGV do
  known[i - 1] = (redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 or redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1) and 1 or 0
end
return known
`;

/**
 * Passes an id on from a labourer that does not know it: its enqueueing died half-way, or its task was forgotten.
 *
 * KEYS  1 a bucket of the registry; then, on one server, 2 tasks and 3 ended of whom it is taken from
 * ARGV  1 now  2 id  3 from  4 to  5 how old the entry must be: above what ENQUEUE accepts
 * Answer  m it is the new one's  k the old one knows it after all  y the entry is too young, its task may be on the way
 *         o it belongs to somebody else by now
 */
export const PASS_ON: string = `${PRELUDE}${IS_KNOWN}
if isKnown(ARGV[2]) then return 'k' end
local entry = call('HGET', KEYS[1], ARGV[2])
local owner = entry and sub(entry, 16)
if owner and owner ~= ARGV[4] then
  if owner ~= ARGV[3] then return 'o' end
  if now - tonumber(sub(entry, 1, 15)) <= tonumber(ARGV[5]) then return 'y' end
end
call('HSET', KEYS[1], ARGV[2], stamp .. ARGV[4])
return 'm'
`;

/**
 * Takes ids out that a labourer has forgotten.
 *
 * KEYS  1 a bucket of the registry; then, on one server, 2 tasks and 3 ended of the labourer
 * ARGV  1 now  2 labourer  3 how old an entry must be, then the ids
 * Answer  1 for each that need not be looked at again: it is out, another's, or known once more;
 *         0 for those that are too young: somebody may be enqueueing them again
 */
export const UNREGISTER: string = `${PRELUDE}${IS_KNOWN}
local gone = {}
for i = 4, #ARGV do
  local entry = call('HGET', KEYS[1], ARGV[i])
  local mine = entry and sub(entry, 16) == ARGV[2]
  local young = mine and now - tonumber(sub(entry, 1, 15)) <= tonumber(ARGV[3])
  if mine and not young and not isKnown(ARGV[i]) then call('HDEL', KEYS[1], ARGV[i]) end
  gone[i - 3] = young and 0 or 1
end
return gone
`;
