/** The ends that something follows from: `ends` has them beside their lists, until they are taken out. */
import { END_RANGE, endScore, KINDS } from './ends.ts';

/**
 * Ends that are to be followed up, the oldest first.
 *
 * KEYS  for each labourer: ends, ended      ARGV  1 now  2 limit      Answer  for each labourer: id, when it ended, id, when it ended ...
 */
export const OUTBOX: string = `
local call, sub = redis.call, string.sub
local answer = {}
for k = 1, #KEYS, 2 do
  local ends, ended, own = KEYS[k], KEYS[k + 1], {}
  local members = call('ZRANGEBYSCORE', ends, ${KINDS.o * END_RANGE}, '(${(KINDS.o + 1) * END_RANGE}', 'LIMIT', 0, ARGV[2])
  for i = 1, #members do
    local id = sub(members[i], 2)
    local record = call('HGET', ended, id)
    own[2 * i - 1] = id
    own[2 * i] = record and sub(record, 12, 26) or ''
  end
  answer[#answer + 1] = own
end
return answer
`;

/**
 * What is known of ends.
 *
 * KEYS  1 ends  2 ended  3 notes      ARGV  1 now, then the ids      Answer  { ended, follow, ended, follow ... }: nil for what is not there
 */
export const OUTBOX_ENTRIES: string = `
local call = redis.call
local ends, ended, notes, answer = KEYS[1], KEYS[2], KEYS[3], {}
for i = 2, #ARGV do
  local isThere = call('ZSCORE', ends, 'o' .. ARGV[i])
  answer[#answer + 1] = isThere and call('HGET', ended, ARGV[i])
  answer[#answer + 1] = call('HGET', notes, 'f' .. ARGV[i])
end
return answer
`;

/**
 * Takes ends out of the outbox. One that was to be forgotten meanwhile goes back to where it stood among those of its kind, for the next page of FORGET.
 *
 * KEYS  1 ends  2 ended  3 notes      ARGV  1 now, then id and the end's instant of each
 */
export const TAKE_OUT: string = `
local call, sub, fmt = redis.call, string.sub, string.format
local ends, ended, notes = KEYS[1], KEYS[2], KEYS[3]
for i = 2, #ARGV, 2 do
  local id = ARGV[i]
  local record, score = call('HGET', ended, id), call('ZSCORE', ends, 'o' .. id)
  if record and score and tonumber(sub(record, 12, 26)) == tonumber(ARGV[i + 1]) then
    local number = tonumber(score) - ${KINDS.o * END_RANGE}
    call('ZREM', ends, 'o' .. id)
    local kind = call('HGET', notes, 'l' .. id)
    if kind then
      call('HDEL', notes, 'l' .. id)
      if kind == 'c' then call('ZADD', ends, ${endScore('c', 'number')}, 'c' .. id)
      elseif kind == 'd' then call('ZADD', ends, ${endScore('d', 'number')}, 'd' .. id)
      elseif kind == 'x' then call('ZADD', ends, ${endScore('x', 'number')}, 'x' .. id)
      elseif kind == 'p' then call('ZADD', ends, ${endScore('p', 'number')}, 'p' .. id) end
    end
  end
end
return 0
`;
