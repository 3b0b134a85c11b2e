import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zip } from '../scripts/lib/zip.mjs';
import { type Archives, makeArchives } from './flow/archives.ts';
import { unzip } from './flow/unzip.ts';

describe('the bundles', () => {
  let archives: Archives;
  beforeAll(async () => {
    archives = await makeArchives();
  }, 120_000);
  afterAll(() => archives.remove());

  it('are below a megabyte, with DynamoDB, Lambda and CloudWatch inside', () => {
    const tooLarge = [...archives.bytes].filter(([, bytes]) => bytes >= 1_000_000);
    expect(tooLarge).toEqual([]);
    // The clients are really in there: a bundle of the SDK's outside is below half of that.
    expect(archives.bytes.get('orchestrator')).toBeGreaterThan(600_000);
  });

  it('import nothing but what Node has', () => {
    for (const name of archives.bytes.keys()) {
      const folder = dirname(archives.code(name));
      const code = readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join('\n');
      const imported = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?"([^"]+)"/g)].map(([, from = '']) => from.replace(/^node:/, ''));
      expect(imported.length).toBeGreaterThan(3);
      const others = imported.filter((each) => !builtinModules.includes(each) && !/^\.\/[\w-]+\.mjs$/.test(each));
      // The SDK asks for these where a process has no credentials in its environment, or signs for several regions at once.
      expect(others.filter((each) => !/^@aws-sdk\/(?:credential-provider-|signature-v4-crt$)/.test(each))).toEqual([]);
    }
  });
});

describe('an archive', () => {
  const content = Buffer.from('export const handler = async () => "ä";\n'.repeat(100));

  it('holds what was put into it', () => {
    const other = Buffer.from('export {};');
    const files = [
      { name: 'index.mjs', content },
      { name: 'chunk-A1.mjs', content: other },
    ];
    expect([...unzip(zip(files))]).toEqual([
      ['index.mjs', content],
      ['chunk-A1.mjs', other],
    ]);
  });

  it('is the same of the same content, so that only new code is new', () => {
    expect(zip([{ name: 'index.mjs', content }])).toEqual(zip([{ name: 'index.mjs', content }]));
  });
});
