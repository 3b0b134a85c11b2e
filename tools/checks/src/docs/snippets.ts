/** A block of TypeScript in a document. */
export interface Snippet {
  /** The document, relative to the root. */
  readonly document: string;
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** `check`: must compile. `run`: must compile and run to its end. `skip`: marked no-check. */
  readonly mode: 'check' | 'run' | 'skip';
}

const fence = /^(?<indent> *)```(?:ts|typescript)(?<words>(?:[ \t][^\n`]*)?)\n(?<code>[\s\S]*?)^\k<indent>```[ \t]*$/gm;

const modeOf = (words: string): Snippet['mode'] => {
  if (/\bno-check\b/.test(words)) return 'skip';
  return /\brun\b/.test(words) ? 'run' : 'check';
};

/** The blocks marked ts (and `ts run`, `ts no-check`) of a document in Markdown. */
export const snippetsOf = (document: string, text: string): readonly Snippet[] =>
  [...text.matchAll(fence)].map(({ index, groups = {} }) => ({
    document,
    line: text.slice(0, index).split('\n').length + 1,
    code: (groups['code'] ?? '').replaceAll(new RegExp(`^${groups['indent'] ?? ''}`, 'gm'), ''),
    mode: modeOf(groups['words'] ?? ''),
  }));

/** The file a snippet is written to: its name tells document and line, and leads back with {@link placeOf}. */
export const fileOf = ({ document, line }: Snippet): string => `${document.replaceAll('/', '__')}.${line}.mts`;

/** A snippet as a module of its own, its lines where they are in the document. */
export const moduleOf = ({ line, code }: Snippet): string => `${'\n'.repeat(line - 1)}${code}\nexport {};\n`;

/** Messages about files of {@link fileOf}, said of the documents instead. */
export const placeOf = (output: string): string =>
  output.replaceAll(
    /(?:[^\s()]*\/)?([\w.@-]+?\.md)\.\d+\.m[tj]s(?:\((\d+),\d+\)|:(\d+)(?::\d+)?)?/g,
    (_, file: string, a?: string, b?: string) => [file.replaceAll('__', '/'), a ?? b].filter(Boolean).join(':'),
  );
