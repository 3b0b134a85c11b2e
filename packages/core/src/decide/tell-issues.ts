import type { SchemaIssue } from '../domain/schema.ts';
import { boundText } from './bound-text.ts';
import { pathSegment } from './json-flaw.ts';

const MOST_ISSUES = 5;
const LONGEST_MESSAGE = 200;
/** Of one value, so many texts and numbers are looked for in a message. */
const MOST_VALUES = 1_000;

/**
 * What a schema has against a value, in one line: `payload.size.width: expected number; payload.kind: ...; and 3 more`.
 *
 * The words are the schema's own, and some quote the value ("received "secret""). It is taken out: these lines go to logs and are kept with
 * the task.
 * @param what the value is: "payload"
 */
export const tellIssues = (what: string, value: unknown, issues: readonly SchemaIssue[]): string => {
  const told = issues.slice(0, MOST_ISSUES).map((issue) => tellOne(what, value, issue));
  const more = issues.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
};

const tellOne = (what: string, value: unknown, { message, path = [] }: SchemaIssue): string => {
  // Not `path.map`: a path of arktype is an array of a class of its own, which makes [0] of an empty one.
  const keys = Array.from(path, (each) => (typeof each === 'object' ? each.key : each));
  const place = keys.map((key) => pathSegment(typeof key === 'number' || /^\d{1,9}$/.test(String(key)) ? Number(key) : String(key)));
  return `${what}${place.join('')}: ${boundText(withoutValues(String(message), memberAt(value, keys)).replaceAll(/\s+/g, ' '), LONGEST_MESSAGE)}`;
};

const memberAt = (value: unknown, keys: readonly PropertyKey[]): unknown =>
  keys.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), value);

/** A message without the texts and numbers of the value that it is about. */
const withoutValues = (message: string, value: unknown): string => {
  const values = new Set<string>();
  gather(value, values);
  // The longest first: one may be part of another.
  return [...values].sort((a, b) => b.length - a.length).reduce(withoutValue, message);
};

const gather = (value: unknown, into: Set<string>): void => {
  if (into.size >= MOST_VALUES) return;
  if (typeof value === 'number' || (typeof value === 'string' && value !== '')) into.add(String(value));
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) gather(member, into);
};

/** A text that is as long as this is looked for by its beginning: some libraries cut what they quote. */
const BEGINNING = 16;

const withoutValue = (message: string, value: string): string => {
  const escaped = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, escaped])].reduce((text, form) => {
    const cut = form.length > BEGINNING && !text.includes(form) ? text.indexOf(form.slice(0, BEGINNING)) : -1;
    return cut < 0 ? replaceWhole(text, form) : `${text.slice(0, cut)}…`;
  }, message);
};

const WORD = /[\p{L}\p{N}_]/u;

/** Only where it stands by itself: the 1 of a value is no part of "at least 10". */
const replaceWhole = (text: string, form: string): string => {
  const isApart = (edge: string, beside: string): boolean => !(WORD.test(edge) && WORD.test(beside));
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    if (at < from) continue;
    const end = at + form.length;
    if (!isApart(form.charAt(0), text.charAt(at - 1)) || !isApart(form.charAt(form.length - 1), text.charAt(end))) continue;
    parts.push(text.slice(from, at), '…');
    from = end;
  }
  return parts.join('') + text.slice(from);
};
