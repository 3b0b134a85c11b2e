import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it, onTestFinished } from 'vitest';
import { OTHER_SECRET, rigAt, SECRET } from '../support/rig.ts';

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const source = /```py\n(.*?)```/s.exec(readme)?.[1] ?? assert.fail('the README has no Python');

/** The endpoint of the README, as it stands there. */
const startPython = async (): Promise<string> => {
  const telling = source.replace(
    /^(Threading.*)\.serve_forever\(\)$/m,
    'server = $1\nprint(server.server_address[1])\nserver.serve_forever()',
  );
  const endpoint: ChildProcess = spawn('python3', ['-u', '-c', telling], {
    env: { ...process.env, PORT: '0', REEVE_SECRETS: `${OTHER_SECRET} ${SECRET}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    endpoint.kill('SIGKILL');
    await once(endpoint, 'close');
  });
  const [port] = (await once(endpoint.stdout!, 'data')) as [Buffer];
  return `http://127.0.0.1:${port.toString().trim()}`;
};

describe(
  HAS_PYTHON
    ? 'the endpoint in Python of the README'
    : 'the endpoint in Python of the README: NOT TRIED, since there is no python3; but it is there, and',
  () => {
    it('is whole', () => assert.match(source, /hmac\.compare_digest[\s\S]*serve_forever\(\)\n$/));

    it('does the work, believes each of its secrets, and nobody else', async () => {
      if (!HAS_PYTHON) return;
      const url = await startPython();
      const invoke = (secret: string, payload?: string) =>
        rigAt(url, { secrets: { current: secret } }).invoke(payload === undefined ? {} : { lease: { payload } });
      assert.deepEqual(await invoke(SECRET), { kind: 'finished', report: { kind: 'done', result: '"small-cat.jpg"' } });
      assert.deepEqual(await invoke(OTHER_SECRET, '{"key": "žluť"}'), {
        kind: 'finished',
        report: { kind: 'done', result: '"small-\\u017elu\\u0165"' },
      });
      assert.deepEqual(await invoke(SECRET, '{}'), { kind: 'finished', report: { kind: 'failed', error: "KeyError('key')" } });
      assert.equal((await invoke(`whsec_${Buffer.alloc(24, 9).toString('base64')}`)).kind, 'refused');
    });
  },
);
