/** The longest error text that is kept with a task, in UTF-16 units. */
const LONGEST = 2_048;

/**
 * A text that every store can keep: at most so many UTF-16 units, cut at a character and ended with `…` if it was longer,
 * without NUL (Postgres takes none) and without halves of surrogate pairs (UTF-8 has none).
 * @param most 1 or more
 */
export const boundText = (text: string, most: number = LONGEST): string => {
  if (text.length <= most) return keepable(text);
  // Cut first, so that a text of many megabytes costs no more than what is kept of it.
  const cut = text.slice(0, Math.max(0, most - 1));
  // A pair that the cut would tear apart is left out whole.
  const isTorn = /[\ud800-\udbff]$/.test(cut) && /^[\udc00-\udfff]/.test(text.charAt(cut.length));
  return `${keepable(isTorn ? cut.slice(0, -1) : cut)}…`;
};

const keepable = (text: string): string => text.replaceAll(/\u0000|\p{Surrogate}/gu, '\ufffd');

/** What went wrong, in a bounded text for people. Never throws, whatever was thrown; never dumps an object's content. */
export const boundError = (error: unknown): string => {
  try {
    return boundText(describe(error));
  } catch {
    return 'an error that cannot be described';
  }
};

const describe = (error: unknown): string => {
  switch (typeof error) {
    case 'string':
      return error || 'an empty error text';
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
      return `a ${typeof error} was thrown: ${String(error)}`;
    case 'function':
      return 'a function was thrown';
    default:
      return error === undefined || error === null ? `${error} was thrown` : describeObject(error);
  }
};

const describeObject = (error: object): string => {
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  if (typeof message !== 'string') return 'an object without a message was thrown';
  const kind = typeof name === 'string' && name !== '' && name !== 'Error' ? name : undefined;
  if (kind === undefined) return message || 'an error without a message';
  return message ? `${kind}: ${message}` : kind;
};
