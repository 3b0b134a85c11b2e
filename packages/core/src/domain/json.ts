/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

declare const checked: unique symbol;

/**
 * The text of one JSON value, known to be well formed. Payloads and results travel as text from the
 * door to the worker: nobody in between parses them, so the digits of a number, the order of keys and
 * the bytes that another program wrote survive. Made by `encodeJson`; an adapter casts what it reads
 * back from its own database.
 */
export type JsonText = string & { readonly [checked]: 'JsonText' };
