/** What a bundler takes along. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const resolveDir = fileURLToPath(new URL('.', import.meta.url));
const inputsOf = async (contents: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@reeve/source', 'module'],
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs);
};
const SELDOM = /@aws-sdk[+/]client-(?:ssm|sns|appconfigdata)/;

it('clients that are used seldom are in no bundle, whatever is configured', async () => {
  const inputs = await inputsOf(
    "import { orchestrator } from '@reeve/lambda'; export const handler = orchestrator();".replace('@reeve/lambda', '../src/index.ts'),
  );
  expect(inputs.filter((input) => SELDOM.test(input))).toEqual([]);
  // It does find what is there to be found.
  expect(inputs.some((input) => /@aws-sdk[+/]client-dynamodb/.test(input))).toBe(true);
});

it('a client that is given is', async () => {
  const inputs = await inputsOf(`
    import { SSM } from '@aws-sdk/client-ssm';
    import { configured, fromSsm, orchestrator } from '../src/index.ts';
    export const handler = orchestrator(configured({ sources: [fromSsm({ path: '/r', client: new SSM({}) })] }));`);
  expect(inputs.some((input) => SELDOM.test(input))).toBe(true);
});
