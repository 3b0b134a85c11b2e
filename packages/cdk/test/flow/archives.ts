import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveOf, makeBundles } from '../../scripts/lib/make-bundles.mjs';
import { bundleOptions } from '../../src/bundle.ts';
import { unzip } from './unzip.ts';

export interface Archives {
  /** The handler's module, unpacked where no package is to be found. */
  readonly code: (name: string) => string;
  readonly bytes: ReadonlyMap<string, number>;
  remove(): void;
}

/** Bundles the handlers of this working copy, packs them as for a bucket, and unpacks them as Lambda does. */
export const makeArchives = async (): Promise<Archives> => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-archives-'));
  const made = await makeBundles(bundleOptions, join(folder, 'made'), { conditions: ['@reeve/source'] });
  for (const bundle of made) {
    const target = join(folder, 'task', bundle.name);
    mkdirSync(target, { recursive: true });
    for (const [path, content] of unzip(archiveOf(bundle))) writeFileSync(join(target, path), content);
  }
  return {
    code: (name) => join(folder, 'task', name, 'index.mjs'),
    bytes: new Map(made.map(({ name, bytes }) => [name, bytes])),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
