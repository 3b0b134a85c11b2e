const STRING_OR_NUMBER = /("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)/g;
/** Marks a number's digits; no payload of a kit has it. */
const MARK = '\ue000';

/**
 * As `JSON.parse`, but each number is a marked string of its digits, so that `1.0` is not `1` and 12345678901234567890 is not
 * rounded. For comparing texts.
 */
export const keepingDigits = (text: string): unknown =>
  JSON.parse(text.replaceAll(STRING_OR_NUMBER, (_, string: string | undefined, number: string) => string ?? `"${MARK}${number}"`));

/** The text of an object without some of its top-level members; any other text as it is. Digits survive. */
export const withoutMembers = (text: string, names: readonly string[]): string => {
  const value = keepingDigits(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return text;
  const kept = Object.entries(value).filter(([name]) => !names.includes(name));
  return JSON.stringify(Object.fromEntries(kept)).replaceAll(new RegExp(`"${MARK}([^"]*)"`, 'g'), '$1');
};
