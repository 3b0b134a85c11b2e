import { PRELUDE } from './prelude.ts';

/**
 * Small facts, a key each: until when it is kept (15 digits, or dashes for good), stamp, LF, value. What is past its time is as if it were not
 * there; the server takes it out a minute later, by a clock that in tests is not this one.
 */
const FIND = `
local function find(key)
  local text = call('GET', key)
  if text and sub(text, 1, 1) ~= '-' and tonumber(sub(text, 1, 15)) <= now then return false end
  return text
end
`;

/**
 * KEYS  entries      ARGV  1 now      Answer  { now, the text of each; nil for none }
 */
export const LOOK_ENTRIES: string = `${PRELUDE}${FIND}
local answer = { now }
for k = 1, #KEYS do answer[k + 1] = find(KEYS[k]) end
return answer
`;

/**
 * Compares and sets: one step, so of any number of callers who expect the same, one finds it.
 *
 * KEYS  entries, each once
 * ARGV  1 now, then of each: what is expected ("any", "none", or "=" and a stamp), how long it is kept ("" for good), "set" or "forget", stamp LF value
 * Answer  { now, of each: 1 if it is written, else what lies there; 0 for nothing }
 */
export const CHANGE_ENTRIES: string = `${PRELUDE}${FIND}
local answer = { now }
for k = 1, #KEYS do
  local expected, keep, verb, text = ARGV[4 * k - 2], tonumber(ARGV[4 * k - 1]), ARGV[4 * k], ARGV[4 * k + 1]
  local lies = expected ~= 'any' and find(KEYS[k])
  local isMet = true
  if expected == 'none' then isMet = not lies
  elseif expected ~= 'any' then isMet = lies and sub(lies, 16, string.find(lies, '\\n', 16, true) - 1) == sub(expected, 2) end
  if not isMet then
    answer[k + 1] = lies or 0
  else
    if verb == 'forget' then
      call('DEL', KEYS[k])
    elseif keep then
      call('SET', KEYS[k], fmt('%015.0f', min(now + keep, 999999999999999)) .. text)
      call('PEXPIRE', KEYS[k], fmt('%.0f', min(keep, 100000000000000) + 60000))
    else
      call('SET', KEYS[k], '---------------' .. text)
    end
    answer[k + 1] = 1
  end
end
return answer
`;
