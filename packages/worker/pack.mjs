// Before packing, puts one small file in the place of dist/index.js, since workers are to start fast; after it, what the build had there.
// The build's own file is made of `main.js`, so a packing that was broken off leaves nothing that the next one would not mend.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const outfile = 'dist/index.js';
if (process.argv[2] === 'undo') writeFileSync(outfile, "export * from './main.js';\n");
else
  await build({
    entryPoints: ['dist/main.js'],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
