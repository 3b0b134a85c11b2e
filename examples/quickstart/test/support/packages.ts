import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A made-up package: its files by their paths, as they are written. */
export interface MadeUp {
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
}

export const plant = (nodeModules: string, packages: readonly MadeUp[]): void => {
  for (const { folder, files } of packages) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(nodeModules, folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
};

/** Three of four are MIT, the others ISC; each has a source of another length, one folder down. */
export const someOf = (count: number): readonly MadeUp[] =>
  Array.from({ length: count }, (_, n) => ({
    folder: n % 5 === 0 ? `@made-up/p${n}` : `p${n}`,
    files: {
      'package.json': `${JSON.stringify({ name: `p${n}`, version: '1.0.0', license: licenceOf(n) })}\n`,
      'src/index.js': 'export {};\n'.repeat(n),
    },
  }));

const licenceOf = (n: number): string => (n % 4 === 0 ? 'ISC' : 'MIT');

/** What the report must say of them, most packages first; counted from what was written, not from what can be read. */
export const truthOf = (packages: readonly MadeUp[]): readonly object[] =>
  ['MIT', 'ISC'].map((licence) => {
    const own = packages.filter((_, n) => licenceOf(n) === licence);
    const texts = own.flatMap(({ files }) => Object.values(files));
    return {
      licence,
      packages: own.length,
      files: texts.length,
      lines: texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0),
      bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    };
  });
