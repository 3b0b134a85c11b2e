import { type InvokerMutant, isObject, ofTexts, ofValues } from './mutant.ts';

const ESCAPED = /\\u[0-9a-f]{4}/gi;

/** Faults in what it makes of a payload on the way. */
export const payloadMutants: readonly InvokerMutant[] = [
  ofValues('parses the payload and writes it anew', (value) => value),
  ofTexts('keeps ASCII only', (text) => text.replaceAll(/[^\u0000-\u007f]/g, '?')),
  ofTexts('takes escapes for what they stand for once too often', (text) => text.replaceAll(ESCAPED, '?')),
  ofTexts('sends the first line', (text) => text.trimStart().split('\n')[0] ?? ''),
  ofTexts('ends the payload at the first closing brace', (text) =>
    text.trim().startsWith('{') ? text.slice(0, text.indexOf('}') + 1) : text,
  ),
  ofValues('drops members whose names are no identifiers', (value) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => /^\w+$/.test(name))) : value,
  ),
  // Assigning to __proto__ sets the prototype and leaves no member.
  ofValues('copies members by assignment', (value) => (isObject(value) ? Object.assign({}, value) : value)),
  ofValues('takes an empty payload for none', (value) => (isObject(value) && Object.keys(value).length === 0 ? null : value)),
  ofValues('takes no payload for an empty one', (value) => value ?? {}),
  ofValues('spreads whatever it is given', (value) => (typeof value === 'object' && value !== null ? { ...value } : value)),
  ofValues('turns numbers into texts', (value) => (typeof value === 'number' ? String(value) : value)),
  ofValues('puts texts between quotes once more', (value) => (typeof value === 'string' ? JSON.stringify(value) : value)),
];
