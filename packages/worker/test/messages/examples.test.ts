import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it, onTestFinished } from 'vitest';
import { isSigned, keyOf } from '../../src/channels/sign.ts';
import { LOCAL, open, type RigOptions } from '../support/rig.ts';
import { serve } from '../support/serve.ts';
import { blocks } from './document.ts';

const [onLambda = '', overHttp = ''] = blocks('python');
const [javascript = ''] = blocks('js');
const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

const has = (...args: readonly string[]): boolean => spawnSync('python3', args).status === 0;
const python = has('--version');
const boto3 = has('-c', 'import boto3');

const run = promisify(execFile);

/** A program of its own, which is given the event as its last argument. */
const program = async (command: string, name: string, text: string, event: string, env: Record<string, string>): Promise<void> => {
  // Beside this package, so that Node finds the SDK.
  const folder = await mkdtemp(
    name.endsWith('.mjs') ? fileURLToPath(new URL('../../node_modules/.example-', import.meta.url)) : join(tmpdir(), 'reeve-example-'),
  );
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  await run(command, [join(folder, name), event], { env: { ...process.env, ...LOCAL, ...env } });
};

/** A task that was handed over, and the worker that runs on it, twice: as if it had been delivered twice. */
const work = async (
  run: (event: string, rig: Awaited<ReturnType<typeof open>>) => Promise<void>,
  options: RigOptions = {},
): Promise<void> => {
  const rig = await open(options);
  rig.endpoint.deploy('thumb', () => {});
  await rig.begin();
  const [event = ''] = rig.events();
  await run(event, rig);
  const task = await rig.find();
  assert.equal(task?.state === 'completed' && task.result, '{"made":"small-cat.jpg"}');
  await run(event, rig);
  assert.deepEqual(await rig.find(), task);
  const broken = await open(options);
  broken.endpoint.deploy('thumb', () => {});
  await broken.begin({ name: 'no key' });
  await run(broken.events()[0] ?? '', broken);
  const failed = await broken.find();
  assert.match((failed?.state === 'queued' && failed.lastError) || '', /key|undefined/i);
};

describe('the examples of the document', () => {
  it.skipIf(!python || !boto3)('Python on Lambda (where python3 and boto3 are there)', async () => {
    await work((event, { endpoint }) =>
      program('python3', 'worker.py', `${onLambda}\nimport sys\nhandler(json.loads(sys.argv[1]), None)\n`, event, {
        REEVE_ASSISTANT: 'assistant',
        AWS_ENDPOINT_URL_LAMBDA: endpoint.url,
      }),
    );
  });

  it.skipIf(!python)('Python over HTTP (where python3 is there)', async () => {
    await work(async (event, { assistant }) => {
      const url = await serve(async (request) => {
        const body = Buffer.from(await request.arrayBuffer());
        if (!isSigned(request.headers, body, [keyOf(secret)], Date.now())) return new Response(null, { status: 401 });
        return Response.json(await assistant.assistant.receive(body.toString()));
      });
      await program('python3', 'worker.py', `${overHttp}\nimport sys\nwork(json.loads(sys.argv[1]))\n`, event, {
        REEVE_REPORT_URL: url,
        REEVE_SECRET: secret,
      });
    });
  });

  it('plain JavaScript on Lambda', async () => {
    await work((event, { endpoint }) =>
      program(process.execPath, 'worker.mjs', `${javascript}\nawait handler(JSON.parse(process.argv[2]));\n`, event, {
        REEVE_ASSISTANT: 'assistant',
        AWS_ENDPOINT_URL_LAMBDA: endpoint.url,
      }),
    );
  });
});
