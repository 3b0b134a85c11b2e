import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const home = fileURLToPath(new URL('../../', import.meta.url));

const pnpm = fileURLToPath(new URL('../../../../tools/pnpm.mjs', import.meta.url));

const sources = async (): Promise<readonly string[]> => {
  const files = (await readdir(join(home, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
  return Promise.all(files.map((file) => readFile(join(home, 'src', file), 'utf8')));
};

describe('the package', () => {
  it('imports nothing but Node, and the SDK of Lambda where it is asked for', async () => {
    const texts = await sources();
    assert.ok(texts.length > 10);
    const imported = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/(?:from |import\()'([^'.][^']*)'/g)].map(
          ([whole, name]) => `${whole.startsWith('import(') ? 'lazily ' : ''}${name}`,
        ),
      ),
    );
    assert.deepEqual([...imported].sort(), ['lazily @aws-sdk/client-lambda', 'node:crypto']);
    const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    assert.deepEqual([manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies], [undefined, undefined, undefined]);
  });

  it('has less than 10 KB as it is published, and works so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-packed-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    // As it is published: pnpm adds the licence, and writes the manifest anew.
    await run(process.execPath, [pnpm, '--filter', '@reeve/worker', 'pack', '--pack-destination', folder]);
    const [tarball = ''] = await readdir(folder);
    const { size } = await stat(join(folder, tarball));
    assert.ok(size < 10_000, `${size} bytes`);
    await run('tar', ['xzf', join(folder, tarball), '-C', folder]);
    const index = join(folder, 'package/dist/index.js');
    const text = 'import(process.argv[1]).then((all) => console.log(Object.keys(all).sort().join(), typeof all.worker(() => {}).fetch))';
    const { stdout } = await run(process.execPath, ['-e', text, index]);
    assert.equal(stdout.trim(), 'NonRetryableError,ReportRefused,RetryAfterError,reportTo,worker function');
  });
});
