// Packs every package as it would be published, and looks at the tarballs: contents, publint, types as ESM sees them. Needs the build.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { checkTarball } from './checks/dist/index.js';
import { endWithSignals, root, run } from './lib/processes.mjs';

endWithSignals();
const folder = `${root}/node_modules/.cache/reeve/tarballs`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const pnpm = [`${root}/tools/pnpm.mjs`, '--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
const packed = await run(process.execPath, pnpm);
const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
if (packed.code !== 0 || tarballs.length === 0) {
  console.log(packed.output.trimEnd());
  console.log('the packages could not be packed');
  process.exitCode = 1;
} else {
  const problems = (await Promise.all(tarballs.map((file) => checkTarball(`${folder}/${file}`)))).flat();
  for (const problem of problems) console.log(problem);
  console.log(`${tarballs.length} tarballs, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
