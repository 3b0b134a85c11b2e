import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configFault, type ReeveError } from '@reeve/core';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BundleOptions, bundleOptions } from './bundle.ts';
import type { EssentialName } from './essentials.ts';

/** What is in each of the archives, and the function that Lambda calls. */
export const HANDLER = 'index.handler';

/** The folder of the archive's contents, as `scripts/bundle.mjs` makes it, and as it comes with this package. */
const bundledFolder = (name: EssentialName): string => fileURLToPath(new URL(`../dist/functions/${name}`, import.meta.url));

export interface CodeProps {
  readonly entry?: string;
  readonly code?: (name: EssentialName) => Code;
}

/** Where the handlers come from: what the user gives, or what comes with this package. */
export const codeOf = ({ entry, code }: CodeProps): ((name: EssentialName) => Code) => {
  if (code && entry !== undefined) throw fault('entry', 'is given beside code; leave one of them out');
  return code ?? ((name) => (entry === undefined ? bundledCode(name) : entryCode(name, entry)));
};

/** The handlers that come with this package. */
const bundledCode = (name: EssentialName): Code => {
  const folder = bundledFolder(name);
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw fault('code', `${folder} holds no index.mjs; in the repository, node packages/cdk/scripts/bundle.mjs makes it`);
  }
  return Code.fromAsset(folder);
};

/** A handler of the user's own set-up, bundled while the stack is synthesized. */
const entryCode = (name: EssentialName, entry: string): Code => {
  const file = resolve(entry);
  if (!existsSync(file))
    throw fault('entry', `is ${JSON.stringify(entry)}, and there is no such file; give the path of a module that exports a set-up`);
  return Code.fromAsset(dirname(file), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never started: what is bundled here needs nothing of Lambda's system.
      image: DockerImage.fromRegistry('scratch'),
      // CDK bundles once what it takes to be the same, and by the folder alone the four would be.
      environment: { REEVE_FUNCTION: name },
      local: {
        tryBundle: (outputDir) => {
          esbuildOf(file).buildSync(bundleOptions({ stdin: handlerOf(name, file), outdir: outputDir }));
          return true;
        },
      },
    },
  });
};

/** A handler as a module: what is exported by `entry` is its set-up. */
const handlerOf = (name: EssentialName, file: string): NonNullable<BundleOptions['stdin']> => ({
  contents: `import setup from ${JSON.stringify(file)};\nimport { ${name} } from '@reeve/lambda';\nexport const handler = ${name}(setup);\n`,
  resolveDir: dirname(file),
  sourcefile: `${name}.ts`,
  loader: 'ts',
});

interface Esbuild {
  buildSync(options: BundleOptions): unknown;
}

const esbuildOf = (file: string): Esbuild => {
  try {
    return createRequire(file)('esbuild') as Esbuild;
  } catch (cause) {
    throw fault('entry', `is bundled with esbuild, which is not to be found from ${dirname(file)}; npm install --save-dev esbuild`, cause);
  }
};

const fault = (path: string, problem: string, cause?: unknown): ReeveError => {
  const told = configFault([{ path, problem }], 'Reeve cannot be deployed as it is described:', 'INVALID_DEPLOYMENT');
  if (cause !== undefined) told.cause = cause;
  return told;
};
