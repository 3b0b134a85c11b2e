import { expect, it } from 'vitest';
import { fileOf, moduleOf, placeOf, snippetsOf } from '../../src/docs/snippets.ts';

const fence = '```';
const text = `# Title

${fence}ts run
const a = 1;
${fence}

${fence}sh
npm start
${fence}

- in a list:
  ${fence}ts
  const b = 2;
  ${fence}

${fence}ts no-check
const c: string = 3;
${fence}

${fence}tsx
const d = <p />;
${fence}
`;

it('finds the blocks in TypeScript, with line and mode', () => {
  expect(snippetsOf('docs/a.md', text)).toEqual([
    { document: 'docs/a.md', line: 4, code: 'const a = 1;\n', mode: 'run' },
    { document: 'docs/a.md', line: 13, code: 'const b = 2;\n', mode: 'check' },
    { document: 'docs/a.md', line: 17, code: 'const c: string = 3;\n', mode: 'skip' },
  ]);
});

it('a module keeps the lines of its document', () => {
  const [first] = snippetsOf('docs/a.md', text);
  expect(moduleOf(first!).split('\n').indexOf('const a = 1;')).toBe(3);
});

it('messages lead back to the document', () => {
  const [first] = snippetsOf('docs/deep/a.md', text);
  const file = fileOf(first!);
  expect(placeOf(`node_modules/.cache/reeve/docs/src/${file}(4,7): error TS1`)).toBe('docs/deep/a.md:4: error TS1');
  expect(placeOf(`    at main (file:///x/out/${file.replace('.mts', '.mjs')}:4:7)`)).toBe('    at main (docs/deep/a.md:4)');
});
