/** An object literal, or what JSON.parse makes; of any realm. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/**
 * A copy that nobody can change, of plain objects and arrays all the way down. Anything else (a client, a function) is
 * taken over as it is: freezing what belongs to the caller would break it.
 */
export const frozenCopy = <T>(value: T): T => copyOf(value, new Map()) as T;

/** @param copies of what has been met, so that a circle stays one */
const copyOf = (value: unknown, copies: Map<unknown, unknown>): unknown => {
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    copies.set(value, copy);
    for (const each of value) copy.push(copyOf(each, copies));
    return Object.freeze(copy);
  }
  if (!isPlainObject(value)) return value;
  const copy = {};
  copies.set(value, copy);
  for (const [name, member] of Object.entries(value)) {
    // Defined and not assigned: a member named __proto__ stays a member.
    Object.defineProperty(copy, name, { value: copyOf(member, copies), enumerable: true });
  }
  return Object.freeze(copy);
};
