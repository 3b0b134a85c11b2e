// Brings a checkout to where its packages run: dependencies as locked, then the build. Both are quick when nothing changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import { root, run, seconds, tool } from './lib/processes.mjs';

const stamp = `${root}/node_modules/.reeve-installed`;
const folders = ['packages', 'examples', 'tools'];

/** The manifests of the workspace, the root's first. */
const manifests = () =>
  ['package.json', 'bench/package.json', 'chaos/package.json'].concat(
    folders
      .flatMap((folder) => readdirSync(`${root}/${folder}`).map((name) => `${folder}/${name}/package.json`))
      .filter((path) => existsSync(`${root}/${path}`)),
  );

/** What an installation depends on, in one string. Made by hand or by `npm install`, a foreign node_modules lacks the stamp. */
const fingerprint = () => {
  const hash = createHash('sha256').update(`${process.version} ${platform} ${arch}`);
  for (const path of [...manifests(), 'pnpm-workspace.yaml', 'pnpm-lock.yaml']) {
    if (existsSync(`${root}/${path}`)) hash.update(`\0${path}\0`).update(readFileSync(`${root}/${path}`));
  }
  return hash.digest('hex');
};

/** Whether every package still has the node_modules that an installation gave it. */
const foldersStand = () =>
  manifests().every((path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(`${root}/${path}`, 'utf8'));
    const wanted = Object.keys({ ...dependencies, ...devDependencies });
    return wanted.every((name) => existsSync(`${root}/${path.replace(/package\.json$/, 'node_modules')}/${name}`));
  });

const inStep = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint() && foldersStand();

/**
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} work
 */
const step = async (name, work) => {
  const since = performance.now();
  const { code, output } = await work();
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  console.log(`${name} ${code === 0 ? 'done' : 'FAILED'} in ${seconds(since)}`);
  return code === 0;
};

/**
 * Installs, unless what is there is in step with the lockfile. Where `CI` is set, a lockfile that does not match the manifests fails.
 * @returns {Promise<boolean>}
 */
export const install = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 20)) {
    console.log(`Node ${process.versions.node} is too old: this workspace needs 20.20 or newer`);
    return false;
  }
  if (inStep()) return true;
  console.log('installing what the lockfile names; the first time takes a minute or two');
  const pnpm = fileURLToPath(new URL('pnpm.mjs', import.meta.url));
  // Where nobody can answer a question, pnpm would rather stop than replace a node_modules that another tool made.
  const args = [pnpm, 'install', '--prefer-offline', '--config.confirmModulesPurge=false'];
  const installed = await step('install', () => run(process.execPath, args, { limit: 600_000 }));
  if (installed) writeFileSync(stamp, fingerprint());
  return installed;
};

/**
 * Builds what changed.
 * @param {readonly string[]} projects their folders, and what they refer to is built with them; none: all
 * @returns {Promise<boolean>}
 */
export const build = (...projects) => step('build', () => tool('tsc', ['-b', '--pretty', 'false', ...projects]));
