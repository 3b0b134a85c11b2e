/** The longest error text that is kept with a task, in UTF-16 units. */
const LONGEST = 2_048;

/**
 * A text that every store can keep: at most so many units, cut at a character, without NUL (Postgres takes none) and
 * without halves of surrogate pairs (UTF-8 has none).
 */
export const boundText = (text: string, most: number = LONGEST): string => {
  const clean = text.replaceAll(/\u0000|\p{Surrogate}/gu, '\ufffd');
  if (clean.length <= most) return clean;
  // A pair that the cut would tear apart is left out whole.
  const torn = /[\ud800-\udbff]$/.test(clean.slice(0, most - 1));
  return `${clean.slice(0, torn ? most - 2 : most - 1)}…`;
};

/** What went wrong, in a bounded text for people. Never throws, whatever was thrown; never dumps an object's content. */
export const boundError = (error: unknown): string => {
  try {
    return boundText(describe(error));
  } catch {
    return 'an error that cannot be described';
  }
};

const describe = (error: unknown): string => {
  if (typeof error === 'string') return error || 'an empty error text';
  if (typeof error !== 'object' || error === null) return `${typeof error} was thrown: ${String(error)}`;
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  if (typeof message !== 'string') return 'an object without a message was thrown';
  const kind = typeof name === 'string' && name !== '' && name !== 'Error' ? name : undefined;
  if (kind === undefined) return message || 'an error without a message';
  return message ? `${kind}: ${message}` : kind;
};
