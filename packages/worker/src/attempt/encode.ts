/** What is wrong with a value. Its text has nothing of the value. */
class Flaw extends Error {}

/**
 * What keeps a value from travelling as JSON: what `JSON.stringify` would change without a word, and too many bytes of it.
 * @returns nothing if it can travel
 */
export const flawOf = (value: unknown, what: string, maxBytes: number): string | undefined => {
  let items = 0;
  try {
    const text = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key: string, item: unknown) {
      const problem = problemOf(item, this[key], Array.isArray(this)) ?? unkeepable(key);
      if (problem) throw new Flaw(`${problem} at ${JSON.stringify(key.slice(0, 64))}`);
      items += 1;
      // A few objects that refer to each other many times over would unfold to more than there is memory for.
      if (items > maxBytes) throw new Flaw(tooLong(`more than ${maxBytes}`, maxBytes));
      return item;
    });
    const bytes = Buffer.byteLength(text);
    return bytes > maxBytes ? `${what}: ${tooLong(bytes, maxBytes)}` : undefined;
  } catch (error) {
    return `${what}: ${error instanceof Flaw ? error.message : 'a cycle, too many levels, or code of its own that threw'}; give plain data`;
  }
};

const tooLong = (bytes: number | string, maxBytes: number): string =>
  `${bytes} bytes of JSON, ${maxBytes} are allowed; keep the data elsewhere and return its key`;

/** Some stores cannot keep NUL, and UTF-8 has no halves. */
const unkeepable = (text: string): string | undefined =>
  text.isWellFormed() && !text.includes('\0') ? undefined : 'NUL or half of a surrogate pair';

/** @param own as it was before it said itself what it is as JSON */
const problemOf = (item: unknown, own: unknown, inList: boolean): string | undefined => {
  switch (typeof item) {
    case 'number':
      return Number.isFinite(item) ? undefined : String(item);
    case 'string':
      return unkeepable(item);
    case 'undefined':
      return inList ? 'undefined' : undefined;
    case 'object': {
      if (own instanceof Date && item === null) return 'an invalid date';
      const name = Object.prototype.toString.call(ArrayBuffer.isView(own) ? own : item).slice(8, -1);
      return ['Object', 'Array', 'Null'].includes(name) ? undefined : `a ${name}`;
    }
    case 'boolean':
      return undefined;
    default:
      return `a ${typeof item}`;
  }
};
