import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package that is published. */
export interface Package {
  /** `core` of `@reeve/core`. */
  readonly short: string;
  readonly name: string;
  /** Its folder, absolute. */
  readonly folder: string;
  /** Its entries with the file that declares their types: `.` and `dist/index.d.ts`. */
  readonly entries: readonly { readonly entry: string; readonly types: string }[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
}

/** The packages under packages/, by name. */
export const packagesOf = (root: string): readonly Package[] =>
  readdirSync(join(root, 'packages'))
    .sort()
    .map((short) => ({ short, folder: join(root, 'packages', short) }))
    .filter(({ folder }) => existsSync(join(folder, 'package.json')))
    .map(({ short, folder }) => {
      const { name, exports }: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const entries = Object.entries(exports).flatMap(([entry, target]) =>
        typeof target === 'object' && target.types !== undefined ? [{ entry, types: target.types }] : [],
      );
      return { short, name, folder, entries };
    });
