/** Where clients of the SDK are found that nobody bundled. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSdk } from '../../src/aws/sdk.ts';

const here = dirname(fileURLToPath(import.meta.url));

it('what is there is loaded, and what is not is named', async () => {
  expect(await loadSdk('@aws-sdk/client-ssm', 'fromSsm')).toHaveProperty('SSM');
  await expect(loadSdk('@aws-sdk/client-of-nobody', 'A test')).rejects.toThrow(
    /^A test needs @aws-sdk\/client-of-nobody, which is not there; install it, .*SDK_MISSING/,
  );
});

describe('as in Lambda', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reeve-runtime-'));
    const own = join(folder, 'runtime/node_modules/@aws-sdk/client-ssm');
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'package.json'), '{"name": "@aws-sdk/client-ssm", "main": "index.js"}');
    await writeFile(join(own, 'index.js'), 'exports.SSM = class { what() { return "of the runtime"; } };');
    await mkdir(join(folder, 'task'));
    const contents = `
      import { loadSdk } from '../../src/aws/sdk.ts';
      const told = await loadSdk(process.argv[2], 'fromSsm').then(({ SSM }) => new SSM().what(), (error) => error.code);
      console.log(told);`;
    await build({
      stdin: { contents, resolveDir: here, loader: 'ts' },
      outfile: join(folder, 'task/index.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@reeve/source', 'module'],
      logLevel: 'silent',
    });
    return () => rm(folder, { recursive: true });
  });
  const run = async (name: string): Promise<string> => {
    const env = { ...process.env, NODE_PATH: join(folder, 'runtime/node_modules') };
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'task/index.mjs'), name], { cwd: folder, env });
    return stdout.trim();
  };

  it("a bundle finds the runtime's own where only `require` looks", async () => {
    expect(await run('@aws-sdk/client-ssm')).toBe('of the runtime');
    expect(await run('@aws-sdk/client-sns')).toBe('SDK_MISSING');
  });
});
