// Every ts block in the documents compiles against the built packages; those marked `ts run` also run. Needs the build.
import { fileOf, placeOf, readTree, setUpWorkshop, snippetsOf } from './checks/dist/index.js';
import { endWithSignals, root, run, tool } from './lib/processes.mjs';

endWithSignals();
const folder = `${root}/node_modules/.cache/reeve/docs`;
const tree = readTree(root);
const documents = tree.files.filter((file) => /^(?:[^/]+|packages\/[^/]+\/README|examples\/[^/]+\/README|docs\/.*)\.md$/.test(file));
const all = documents.flatMap((file) => snippetsOf(file, tree.read(file)));
const snippets = all.filter(({ mode }) => mode !== 'skip');
setUpWorkshop(root, folder, snippets);

const compiled = await tool('tsc', ['-p', folder, '--pretty', 'false']);
if (compiled.code !== 0) console.log(placeOf(compiled.output).trimEnd());
let failed = compiled.code === 0 ? 0 : 1;

for (const snippet of snippets.filter(({ mode }) => mode === 'run')) {
  const file = `${folder}/out/${fileOf(snippet).replace(/\.mts$/, '.mjs')}`;
  const { code, output } = await run(process.execPath, [file], { limit: 30_000 });
  if (code === 0) continue;
  failed += 1;
  console.log(`${snippet.document}:${snippet.line} does not run:\n${placeOf(output).trimEnd()}`);
}

/** @param {string} mode */
const count = (mode) => all.filter((snippet) => snippet.mode === mode).length;
const ran = count('run');
console.log(`${snippets.length} snippets of ${documents.length} documents compiled, ${ran} of them run, ${count('skip')} marked no-check`);
process.exitCode = failed === 0 ? 0 : 1;
