import { describe, expect, it } from 'vitest';
import { errorPages } from '../../src/house/error-pages.ts';
import { links } from '../../src/house/links.ts';
import { places } from '../../src/house/places.ts';
import { readmes } from '../../src/house/readmes.ts';
import { sizes } from '../../src/house/sizes.ts';
import { skippedTests } from '../../src/house/skipped-tests.ts';
import { suppressions } from '../../src/house/suppressions.ts';
import { said } from '../plant.ts';

const page = (code: string): string => `# ${code}\n\nWhat it means.\n\nHow to mend it.\n`;

describe('sizes', () => {
  it('300 lines pass, 301 do not', () => {
    expect(said(sizes, { 'packages/core/src/a.ts': 'x;\n'.repeat(300) })).toEqual([]);
    expect(said(sizes, { 'packages/core/src/a.ts': 'x;\n'.repeat(301) })).toHaveLength(1);
  });
});

describe('suppressions', () => {
  const file = 'packages/core/src/a.ts';
  it.each([
    '// @ts-ignore: because the types are wrong here',
    '// @ts-expect-error',
    '// biome-ignore lint/style/useConst: x',
    '// oxlint-disable-next-line no-console',
    'const a: any = 1;',
    'const a = b as any;',
    'const a: Map<string, any> = b;',
    'type A = (...args: any[]) => unknown;',
  ])('refuses %s', (text) => {
    expect(said(suppressions, { [file]: `${text}\n` })).toHaveLength(1);
  });

  it.each([
    '// @ts-expect-error: a composition without a store must not compile',
    '// biome-ignore lint/suspicious/noExplicitAny: the driver says any here\nconst a: any = 1;',
    '// any of these, as any reader sees',
    "const any = 'as any';",
    'expect.any(Number);',
  ])('takes %s', (text) => {
    expect(said(suppressions, { [file]: `${text}\n` })).toEqual([]);
  });
});

describe('skipped tests', () => {
  it('finds what must not stay', () => {
    const text = `it.skip('a');\ndescribe.only('b');\nit.todo('c');\nit.concurrent.only('d');\nit.skipIf(x)('e');\n// it.skip('f')\nit.each([1])('g');`;
    expect(said(skippedTests, { 'packages/core/test/a.test.ts': text }).map((line) => line.split(' ')[0])).toEqual([
      'packages/core/test/a.test.ts:1',
      'packages/core/test/a.test.ts:2',
      'packages/core/test/a.test.ts:3',
      'packages/core/test/a.test.ts:4',
    ]);
  });
});

describe('readmes', () => {
  const manifest = { 'packages/core/package.json': '{ "name": "@reeve/core" }' };
  const whole = '# @reeve/core\n\n## Install\n\n```ts run\nx;\n```\n\n## Promises and limits\n';

  it('wants one for each package, with its sections', () => {
    expect(said(readmes, manifest)).toEqual(['packages/core/README.md:- is missing']);
    expect(said(readmes, { ...manifest, 'packages/core/README.md': whole })).toEqual([]);
    expect(said(readmes, { ...manifest, 'packages/core/README.md': '# Core\n' })).toHaveLength(5);
  });
});

describe('error pages', () => {
  const source = 'packages/core/src/a.ts';

  it.each([
    `throw new ReeveError({ kind: 'input', code: 'BAD_ID', message });`,
    `throw configFault(list(a, b(c)), 'text:', 'BAD_ID');`,
    `const make = (code = 'BAD_ID') => code;`,
  ])('%s needs a page', (text) => {
    expect(said(errorPages, { [source]: text })).toEqual([`${source}:1 BAD_ID has no page docs/errors/bad-id.md`]);
    expect(said(errorPages, { [source]: text, 'docs/errors/bad-id.md': page('BAD_ID') })).toEqual([]);
  });

  it('a code that is the default of a parameter needs one, too', () => {
    const text = `const fault = (code: string = 'BAD_ID') => code;`;
    expect(said(errorPages, { [source]: text })).toEqual([`${source}:1 BAD_ID has no page docs/errors/bad-id.md`]);
  });

  it('a page needs a source that knows its code, and its code as title', () => {
    expect(said(errorPages, { 'docs/errors/bad-id.md': page('BAD_ID') })).toEqual(['docs/errors/bad-id.md:1 no source throws BAD_ID']);
    expect(said(errorPages, { [source]: `['BAD_ID']`, 'docs/errors/bad-id.md': '# Bad id\n' })).toHaveLength(1);
  });

  it('codes of the operating system and comments need none', () => {
    expect(said(errorPages, { [source]: `if (error.code === 'ENOENT') x();\nconst e = { code: 'EPIPE' };\n// code: 'NOT_REAL'` })).toEqual(
      [],
    );
  });
});

describe('places', () => {
  // Put together here, so that this file passes its own check.
  const registry = ['registry', 'npmjs', 'org'].join('.');
  it.each([
    ['docs/a.md', ['', 'root', 'x'].join('/')],
    ['docs/a.md', ['', 'home', 'ada', 'x'].join('/')],
    ['packages/core/src/a.ts', `const url = 'https://${registry}/x';`],
    ['pnpm-lock.yaml', `    tarball: https${'://'}example.com/x.tgz`],
    ['.npmrc', `@reeve:registry=https://${registry}/`],
    ['tools/pnpm.mjs', `// see ${['', 'Users', 'ada', 'reeve'].join('/')}`],
  ])('%s may not say %s', (file, text) => {
    expect(said(places, { [file]: `${text}\n` })).toHaveLength(1);
  });

  it.each(['https://example.com/work/items', 'packages/root/x', './tmp', 'npmjs.com', 'the npm registry'])('%s is fine', (text) => {
    expect(said(places, { 'docs/a.md': `${text}\n` })).toEqual([]);
  });
});

describe('links', () => {
  it('lead to a file or folder', () => {
    const text = '[a](docs/a.md#part) [b](docs/) [c](https://example.com) [d](#here) `[e](e.md)` [f](docs/f.md)\n';
    expect(said(links, { 'README.md': text, 'docs/a.md': '[up](../README.md)' })).toEqual(['README.md:1 docs/f.md is not there']);
  });

  it('list every decision', () => {
    const found = said(links, { 'docs/decisions/README.md': '[a](a.md)', 'docs/decisions/a.md': '', 'docs/decisions/b.md': '' });
    expect(found).toEqual(['docs/decisions/b.md:- is not in the index docs/decisions/README.md']);
  });
});
