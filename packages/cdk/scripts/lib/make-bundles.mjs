import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zip } from './zip.mjs';

export const NAMES = /** @type {const} */ (['orchestrator', 'scavenger', 'scheduler', 'assistant']);

const entry = (/** @type {string} */ name) => fileURLToPath(new URL(`../../functions/${name}.ts`, import.meta.url));

/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {string} file what Lambda loads
 * @property {readonly string[]} files all of it: what its archive holds
 * @property {number} bytes of all of them
 */

/**
 * Bundles each handler into a folder of its name.
 * @param {(request: import('../../src/bundle.ts').BundleRequest) => import('../../src/bundle.ts').BundleOptions} optionsOf of src/bundle.ts: as it
 *   is built, or from the source
 * @param {string} folder
 * @param {{ external?: readonly string[], conditions?: readonly string[], names?: readonly string[] }} [more]
 * @returns {Promise<readonly Bundle[]>}
 */
export const makeBundles = (optionsOf, folder, { names = NAMES, ...more } = {}) =>
  Promise.all(
    names.map(async (name) => {
      const outdir = join(folder, name);
      await build(optionsOf({ entryPoints: [entry(name)], outdir, ...more }));
      const files = readdirSync(outdir).sort();
      const bytes = files.reduce((sum, each) => sum + statSync(join(outdir, each)).size, 0);
      return { name, file: join(outdir, 'index.mjs'), files, bytes };
    }),
  );

/**
 * The archive of a bundle.
 * @param {Bundle} bundle
 */
export const archiveOf = ({ file, files }) => zip(files.map((name) => ({ name, content: readFileSync(join(dirname(file), name)) })));
