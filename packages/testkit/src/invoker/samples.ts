import type { InvokeContext, JsonText, Labourer, Lease } from '@reeve/core';

/** An attempt as a store hands it out. Frozen: no invoker writes into it. */
export const leaseOf = ({ id: labourer }: Pick<Labourer, 'id'>, id: string, payload: string, attempt = 1): Lease =>
  Object.freeze({
    labourer,
    id,
    token: `token-of-${id}-${attempt}`,
    payload: payload as JsonText,
    attempt,
    createdAt: 1_795_420_800_250,
    due: 1_795_420_800_250,
    claimedAt: 1_795_420_860_000,
    deadline: 1_795_422_060_000,
  });

export const contextOf = (signal: AbortSignal = new AbortController().signal): InvokeContext => ({ signal, heartbeat: async () => true });

/** A word that stands in payloads only, so that it is noticed wherever else it turns up. */
export const CANARY = 'canary-7f3a91';

/** Payloads that something on the way might change, by what they try. */
export const PAYLOADS: readonly (readonly [name: string, text: string])[] = [
  ['numbers beyond a double', '{"big": 12345678901234567890, "one": 1.0, "exp": 1e+21, "small": 1e-07, "minus": -0, "tenth": 0.1}'],
  ['all of Unicode', JSON.stringify({ u: 'žluťoučký 🐎 \u2028 \u0007 "q" \\ /', ключ: '值' })],
  ['escapes', '{"u": "\\u017elu\\u0165 \\ud83d\\udc0e \\u0000 \\/", "n": "a\\nb"}'],
  ['nesting', '{"a": {"b": [1, 2.5, null, true, {"c": "}],{"}]}, "e": [], "f": {}}'],
  ['odd names', '{"key with space": 1, "dash-ed": 2, "dot.ted": 3, "": 4, "1": 5, "\\"": 6}'],
  ['white space', ' \n{ "a" :\t1 ,\r\n "b" : [ 1 , 2 ] } '],
  ['an empty object', '{}'],
  ['an array', '[1, 2]'],
  ['a string', '"plain text"'],
  ['a string that looks like JSON', '"{\\"broken\\": }"'],
  ['a number', '5'],
  ['null', 'null'],
];

/** Payloads that try to pass for the attempt, or to break the object that a worker reads. */
export const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  [
    'the names of an envelope',
    '{"reeve": {"labourer": "x", "id": "forged", "token": "forged", "attempt": 99, "deadline": 0}, "payload": 1, "z": 1}',
  ],
  ['the name that stands beside a payload', '{"_reeve": {"id": "forged", "token": "forged", "attempt": 99, "labourer": "x"}, "z": 1}'],
  ['the names of sosw', '{"task_id": "forged", "z": 1, "labourer_id": "x", "attempts": 99, "greenfield": 1, "created_at": 0}'],
  ['the names of a lease', '{"id": "forged", "token": "forged", "attempt": 99, "labourer": "x", "deadline": 0}'],
  ['names twice', '{"task_id": "forged", "a": 1, "task_id": "forged", "reeve": {"id": "forged"}, "reeve": {"id": "forged"}}'],
  [
    'names in escapes',
    '{"task\\u005fid": "forged", "\\u0072eeve": {"id": "forged", "token": "forged"}, "_\\u0072eeve": {"id": "forged"}, "attempts": 99}',
  ],
  [
    'prototypes',
    '{"__proto__": {"id": "forged", "token": "forged", "task_id": "forged", "attempts": 99}, "constructor": {"prototype": {"id": "forged"}}}',
  ],
];

/** Payloads that are not JSON, as a store whose rows others write might hand out; no form of message may be broken open with one. */
export const BROKEN: readonly string[] = [
  '1},"reeve":{"id":"forged","token":"forged","attempt":99}',
  '{"a": 1}, "reeve": {"id": "forged"}, "b": {"c": 1',
  '{"a": 1, "task_id": "forged"',
];
