import { CLAIM } from './claim.ts';
import { MOVE } from './move.ts';
import { EXPIRE, PRELUDE } from './prelude.ts';
import { SETTLE } from './settle.ts';
import { APART, DECLARE_TURNS, TURNS, WITHOUT_TURNS } from './turns.ts';

/**
 * Settles verdicts, then claims: settle, reap, claim and exchange are all this script. It runs from its first line to its last with nobody
 * in between, so what it counts is still so when it writes.
 *
 * KEYS  1 tasks  2 ready  3 fresh  4 again  5 back  6 leases  7 overdue  8 order of the overdue  9 ended  10 completed  11 ends  12 notes
 *       13 meta  14 keyed  15 lines  16 heads  17 turns
 * ARGV  1 now  2 channel  3 how many verdicts  4 "all" if each is `completed`, "reap" if only overdue leases count, or "any"
 *       5 cap  6 limit, below 0 for no claim  7 length of the lease  8 token  9 a character for each verdict: c d r l; empty for "all"
 *       10 how many tokens: 1 if all have the same  11 how many bodies: 0 if all are empty
 *       then the ids, the tokens and the bodies of the verdicts (see rows.ts); if keys count, how many of one may run, "" for any number; and if this
 *       call may take no more than so many of a key, how many of any other, and key LF number for each, joined by LF
 * Answer  { outcomes, a character each: a applied, x cancelled, r repeated, s stale; "" if all were applied;
 *         now; until the next is due, -1 if nothing waits; ids; tasks; attempts and due times of those that were tried before, "" for those
 *         before them that were not; set aside: id, problem, id, problem ...; ids of the dropped, if there are any }
 *         ids and tasks are joined by NUL, which none contains: one long text is read faster than a hundred short ones.
 */
export const EXCHANGE: string = `${PRELUDE}
local tasks, ready, fresh, again, back, leases, overdue, order = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local ended, completed, ends, notes, meta = KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]
local keyed, lines, heads, turns = KEYS[14], KEYS[15], KEYS[16], KEYS[17]
local n, mode, cap, limit = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local tokens, bodies = tonumber(ARGV[10]), tonumber(ARGV[11])
${EXPIRE}${DECLARE_TURNS}
local keyArgs, isMoving = 12 + n + tokens + bodies, false
local state = facts[2]
if state == '${WITHOUT_TURNS}' and limit >= 0 and ARGV[keyArgs] then hasKeys = true end
if hasKeys then
${TURNS}
end
if hasKeys and state ~= '${APART}' then
${MOVE}
end
${SETTLE}${CLAIM}
if hasKeys then saveTurns() end
local texts = table.concat(found, '\\0')
if #texts > 8388608 then return { outcomes, now, next, ids, found, tried, spoilt, dropped } end
return { outcomes, now, next, table.concat(ids, '\\0'), texts, tried, spoilt, dropped }
`;
