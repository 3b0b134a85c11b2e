import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { filterProblems } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

interface Manifest {
  readonly exports?: unknown;
  readonly dependencies?: unknown;
  readonly peerDependencies?: unknown;
}

/** What a user's machine must not receive, and what it must. */
const contents = (files: readonly string[], manifest: Manifest): readonly string[] => {
  const told = JSON.stringify([manifest.exports, manifest.dependencies, manifest.peerDependencies]);
  return [
    ...['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is missing`),
    ...files.filter((file) => /^(?:src|test)\/|\.tsbuildinfo$/.test(file)).map((file) => `${file} must stay at home`),
    ...['@reeve/source', 'workspace:', 'catalog:'].filter((word) => told.includes(word)).map((word) => `package.json still says ${word}`),
  ];
};

/** Types as ESM and bundlers resolve them. CommonJS and the resolution of old are not served: every package here is ESM only. */
const typeProblems = async (tarball: Uint8Array): Promise<readonly string[]> => {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (!('problems' in analysis)) return ['has no types'];
  const seen = (['node16-esm', 'bundler'] as const).flatMap((resolutionKind) => filterProblems(analysis, { resolutionKind }));
  return [...new Set(seen)].map((problem) => `types: ${JSON.stringify(problem)}`);
};

/** All that is wrong with a package as it would be published, from its tarball. Empty when nothing is. */
export const checkTarball = async (path: string): Promise<readonly string[]> => {
  const tarball = new Uint8Array(readFileSync(path));
  const pack = createPackageFromTarballData(tarball);
  const home = `/node_modules/${pack.packageName}/`;
  const files = pack.listFiles().map((file) => file.slice(home.length));
  const manifest: Manifest = JSON.parse(pack.readFile(`${home}package.json`));
  const linted = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  const lints = linted.messages.map(
    (message) => `${message.type}: ${formatMessage(message, linted.pkg, { color: false }) ?? message.code}`,
  );
  return [...contents(files, manifest), ...lints, ...(await typeProblems(tarball))].map((problem) => `${pack.packageName}: ${problem}`);
};
