/**
 * Where ends are noted. Completed tasks are in a list, which is cut off at its old end and nowhere else. Ends that may be undone (a redrive), or
 * for which something is still to be done (`follow`), are in the sorted set `ends`, by the kind of their list and the number of the end.
 */

/**
 * The kinds of `ends`, by their letters: the members begin with it, and each kind has a range of scores. `c`: completed tasks that waited in the outbox
 * when they were to be forgotten, and have left it since; they are older than all in the list.
 */
export const KINDS = { d: 0, x: 1, p: 2, a: 3, o: 4, c: 5 } as const;
export type Kind = keyof typeof KINDS;

/** Numbers of ends are below it: they come from the counter of the labourer's sequence numbers. */
export const END_RANGE = 1_000_000_000_000_000;

/** Lua: the score of an end of this kind. */
export const endScore = (kind: Kind, number: string): string => `fmt('%.0f', ${KINDS[kind] * END_RANGE} + ${number})`;

/**
 * Lua: notes an end of a task in `ends`, and what follows from it for the outbox. In the branch that calls it, for a script that has `ends`
 * and `meta`. One end has one number in both, so that whoever finds it in the outbox finds it in its list.
 */
export const NOTE_END: string = `
  local function noteEnd(kind, id, follows)
    local number = call('HINCRBY', meta, 'seq', 1)
    if kind == 'd' then call('ZADD', ends, ${endScore('d', 'number')}, 'd' .. id)
    elseif kind == 'x' then call('ZADD', ends, ${endScore('x', 'number')}, 'x' .. id)
    elseif kind == 'p' then call('ZADD', ends, ${endScore('p', 'number')}, 'p' .. id)
    elseif kind == 'a' then call('ZADD', ends, ${endScore('a', 'number')}, 'a' .. id) end
    if follows then call('ZADD', ends, ${endScore('o', 'number')}, 'o' .. id) end
  end
`;

/**
 * Lua: keeps an error of an attempt with those before it, the last ten, a line each. Before there were such lines the last error was in `back`,
 * without its instant: then that of the task's due time stands in.
 */
export const NOTE_ERROR: string = `
  local function noteError(id, attempt, at, error)
    local line = attempt .. at .. string.gsub(error, '[\\\\\\n]', { ['\\\\'] = '\\\\\\\\', ['\\n'] = '\\\\n' })
    if call('HSETNX', notes, 'e' .. id, line) == 1 then return end
    local lines = call('HGET', notes, 'e' .. id)
    local _, breaks = string.gsub(lines, '\\n', '')
    if breaks >= 9 then lines = sub(lines, string.find(lines, '\\n', 1, true) + 1) end
    call('HSET', notes, 'e' .. id, lines .. '\\n' .. line)
  end
  local function noteOldError(id, before)
    if before and sub(before, 27, 27) == '1' then
      noteError(id, sub(before, 1, 10), sub(before, 11, 25), sub(before, string.find(before, '\\n', 28, true) + 1))
    end
  end
`;
