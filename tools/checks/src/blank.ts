/** What is blanked out: comments, and the insides of quotes too where only code counts. */
export interface BlankOptions {
  readonly strings: boolean;
}

const spaces = (text: string): string => text.replace(/[^\n]/g, ' ');

// One alternative per thing that may hide what looks like code. A regular expression is taken for one only where a value may start.
const comment = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const quoted = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\`(?:\\[\s\S]|[^\`\\])*\``;
const regularExpression = String.raw`(?<=[=(,:[!&|?{;]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/`;
const hiding = new RegExp(`(${comment})|(${quoted})|(${regularExpression})`, 'g');

/**
 * A source with its comments, and on request its strings, replaced by spaces: lengths and lines stay as they were.
 * Code inside `${}` of a template counts as string.
 */
export const blank = (source: string, { strings }: BlankOptions): string =>
  source.replace(hiding, (whole, isComment: string | undefined, isQuoted: string | undefined) => {
    if (isComment !== undefined) return spaces(whole);
    if (isQuoted === undefined) return strings ? spaces(whole) : whole;
    return strings ? `${whole[0]}${spaces(whole.slice(1, -1))}${whole.at(-1)}` : whole;
  });

/** Where a module imports from, types included, with the line of each. Dynamic imports and re-exports count. */
export const importsOf = (source: string): readonly { readonly from: string; readonly index: number; readonly typeOnly: boolean }[] => {
  const code = blank(source, { strings: false });
  const pattern = /\b(?:(import|export)\s+(type\s+)?(?:[\w*{][\w\s,*{}$]*?\s*from\s*)?|import\s*\(\s*)(['"])([^'"\n]+)\3/g;
  return [...code.matchAll(pattern)].map((match) => ({ from: match[4] ?? '', index: match.index, typeOnly: match[2] !== undefined }));
};
