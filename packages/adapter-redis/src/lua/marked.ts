/**
 * Tasks with more than a due time: a priority, an instant at which they run out, something that follows, a key. Their records begin with "X" in
 * the place of the first digit, so the look that every record is given anyway tells them from the usual ones; their leases have a "p" there, or
 * a "k" if there is nothing but the key that a verdict would have to know of. Leases end with a line feed and the key, if there is one.
 */

/**
 * Lua: how a marked record begins before its payload: as others do, then priority(1) expiry(15) more(1), and if there is a key, that and a line feed.
 * `more`: 1 if something follows, and 2 if there is a key. Expiry is dashes for none; of a task that was redriven, "e" and 14 digits: when it ended.
 */
export const IS_MARKED: string = `sub(text, 1, 1) == 'X' and #text >= 58 and not string.find(sub(text, 2, 30), '%D')
          and not string.find(sub(text, 31, 41), '%X') and string.find(sub(text, 42, 58), '^%d[%d%-e]+[0-3]$')`;

/** What a record has more that has a key and nothing else. */
export const ONLY_KEY: string = `0${'-'.repeat(15)}2`;

/** Lua: whether something follows, of a marked `text`. */
export const FOLLOWS: string = `(sub(text, 58, 58) == '1' or sub(text, 58, 58) == '3')`;

/** Lua: the key of a marked `text`, or nil. */
export const KEY_OF: string = `(sub(text, 58, 58) > '1' and string.match(text, '^([^\\n]+)\\n', 59) or nil)`;

/** Lua: where the payload of a marked `text` begins. */
export const PAYLOAD_AT: string = `(sub(text, 58, 58) > '1' and string.find(text, '\\n', 59, true) + 1 or 59)`;

/** Where the record of a marked task has what. */
export const MARKED = { priority: 41, expiresAt: 42, more: 57, rest: 58 } as const;

export const NO_EXPIRY: string = '-'.repeat(15);

/** Lua: whether a marked `text` may run out of time. */
export const MAY_EXPIRE: string = `string.find(sub(text, 43, 57), '^%d')`;

/**
 * Lua: into `endStamp` and `shift` when a task ends whose `text`, if it is a marked one, is given: at least a millisecond after it ended before
 * (U3), and how much later than now that is, as a digit.
 */
export const END_STAMP: string = `
    local endStamp, shift = stamp, '0'
    if text and sub(text, 1, 1) == 'X' and sub(text, 43, 43) == 'e' and '0' .. sub(text, 44, 57) >= stamp then
      endStamp = fmt('%015.0f', tonumber(sub(text, 44, 57)) + 1)
      shift = fmt('%.0f', min(9, tonumber(endStamp) - now))
    end
`;
