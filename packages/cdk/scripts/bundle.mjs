// Bundles the handlers into dist/functions, each in a folder that is its archive's contents. Needs the build of the workspace.
//   node packages/cdk/scripts/bundle.mjs               an index.mjs for each, and what it loads
//   node packages/cdk/scripts/bundle.mjs --zip DIR     and orchestrator.zip and so on in DIR, for a bucket
//   node packages/cdk/scripts/bundle.mjs --measure     and how large they are, and how long they take to load
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOptions } from '../dist/bundle.js';
import { archiveOf, makeBundles } from './lib/make-bundles.mjs';
import { importTime } from './lib/measure.mjs';

const TIMES = 20;
const home = fileURLToPath(new URL('..', import.meta.url));
const folder = join(home, 'dist/functions');
rmSync(folder, { recursive: true, force: true });
const bundles = await makeBundles(bundleOptions, folder);

const at = process.argv.indexOf('--zip');
const target = at < 0 ? undefined : process.argv[at + 1];
if (at >= 0 && (target === undefined || target.startsWith('--'))) throw new Error('--zip needs a folder to write to');
if (target !== undefined) {
  mkdirSync(target, { recursive: true });
  for (const bundle of bundles) writeFileSync(join(target, `${bundle.name}.zip`), archiveOf(bundle));
}

/** @param {readonly import('./lib/make-bundles.mjs').Bundle[]} made */
const show = async (made) => {
  for (const bundle of made) {
    const { clock, cpu } = await importTime(bundle.file, TIMES);
    const kb = (/** @type {number} */ each) => `${Math.round(each / 1000)} KB`;
    const ms = (/** @type {import('./lib/measure.mjs').Spread} */ { median, least, most }) =>
      `${median.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)})`;
    console.log(
      `  ${bundle.name.padEnd(13)} ${kb(bundle.bytes)}, packed ${kb(archiveOf(bundle).length)}; loads in ${ms(clock)}, of the processor ${ms(cpu)}`,
    );
  }
};

if (process.argv.includes('--measure')) {
  console.log(`Node ${process.version}, ${TIMES} processes each, median and spread`);
  console.log('with the AWS SDK inside:');
  await show(bundles);
  // Beside the bundles lies what they ask for, as in Lambda's runtime lies the SDK.
  const bare = mkdtempSync(join(tmpdir(), 'reeve-bundles-'));
  symlinkSync(join(home, 'node_modules'), join(bare, 'node_modules'));
  console.log('with the SDK of the runtime:');
  await show(await makeBundles(bundleOptions, bare, { external: ['@aws-sdk/*'] }));
  rmSync(bare, { recursive: true, force: true });
} else {
  for (const { name, bytes } of bundles) console.log(`${name}: ${bytes} bytes`);
}
