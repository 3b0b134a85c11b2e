/** A schema's name, as the statements need it. */
export interface SchemaName {
  readonly name: string;
  /** As an identifier: `"reeve"`. */
  readonly quoted: string;
  /** As a text: `'reeve'`. */
  readonly literal: string;
  /** What to put around the body of a function that names it: `$body$`. */
  readonly dollar: string;
}

/** Longer identifiers are cut by Postgres, without a word. */
const LONGEST = 63;

/** What is wrong with a schema's name; undefined: nothing. Odd characters are none of it, they are quoted. */
export const schemaProblem = (name: unknown): string | undefined => {
  if (typeof name !== 'string' || name === '') return 'must be a name, such as "reeve"';
  if (Buffer.byteLength(name) > LONGEST) return `has more than ${LONGEST} bytes, which is all that Postgres keeps of a name`;
  if (/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(name)) return 'has a control character or half of a surrogate pair';
  return /^pg_/.test(name) || name === 'information_schema' ? 'is one of Postgres itself; take another' : undefined;
};

export const quoteSchema = (name: string): SchemaName => ({
  name,
  quoted: `"${name.replaceAll('"', '""')}"`,
  // E'' where there is a backslash: then the setting standard_conforming_strings has no say in it.
  literal: `${name.includes('\\') ? ' E' : ''}'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  dollar: `$body${'_'.repeat([...name.matchAll(/\$body_*/g)].reduce((longest, [each]) => Math.max(longest, each.length), 0))}$`,
});
