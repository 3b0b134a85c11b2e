/** A name, matchers in braces, or both; and an offset. */
const SELECTOR =
  /^\s*(?:[A-Za-z_:][\w:]*\s*(?:\{(?:[^"'`{}#]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?|\{(?:[^"'`{}#]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)+\})(?:\s+offset\s+-?\w+)?\s*$/;
/** What looks like a name and is a number. */
const NUMBER = /^\s*(?:inf|nan)\s*$/i;

/** Whether the query only picks series out, so that Prometheus knows when each value was measured. */
export const isSelector = (text: string): boolean => SELECTOR.test(text) && !NUMBER.test(text);

/** The label by which value and instant are told apart. */
export const PART = 'reeve_part';
export const VALUE = 'value';
export const INSTANT = 'instant';

/**
 * The answer to a query has the instant at which it was worked out, which is now, however old the values are that went into it (up to
 * five minutes). For a selector Prometheus tells the instants of the samples themselves, so both are asked for in one query, and are of
 * one sample: two requests could have a new sample between them.
 */
export const withInstants = (selector: string): string =>
  `${marked(`${selector}\n`, VALUE)} or ${marked(`timestamp(${selector}\n)`, INSTANT)}`;

const marked = (text: string, part: string): string => `label_replace(${text}, "${PART}", "${part}", "", "")`;
