import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, describe, expect, it } from 'vitest';
import { Reeve } from '../src/index.ts';

const mill = { target: 'arn:aws:lambda:eu-west-1:123456789012:function:mill', maxSimultaneousInvocations: 1 };

/** A user's project, with as much of @reeve/lambda as shows what is made of it. */
const newProject = (): string => {
  const project = mkdtempSync(join(tmpdir(), 'reeve-project-'));
  const lambda = join(project, 'node_modules/@reeve/lambda');
  mkdirSync(lambda, { recursive: true });
  mkdirSync(join(project, 'src'));
  writeFileSync(join(lambda, 'package.json'), '{ "name": "@reeve/lambda", "type": "module", "exports": "./index.js" }');
  const handlers = ['orchestrator', 'scavenger', 'scheduler', 'assistant'].map(
    (name) => `export const ${name} = (setup) => async (event) => ({ name: '${name}', setup, event });`,
  );
  writeFileSync(join(lambda, 'index.js'), handlers.join('\n'));
  writeFileSync(join(project, 'src/reeve.ts'), "const name: string = 'my own';\nexport default { name };\n");
  return project;
};

/** @returns the modules of the four archives */
const deploy = (project: string): readonly string[] => {
  const app = new App({ outdir: join(project, 'cdk.out') });
  new Reeve(new Stack(app, 'Own'), 'Reeve', { labourers: { mill }, entry: join(project, 'src/reeve.ts') });
  const { directory } = app.synth();
  return readdirSync(directory)
    .filter((each) => each.startsWith('asset.'))
    .map((each) => join(directory, each, 'index.mjs'));
};

describe("a set-up of the user's own", () => {
  const projects: string[] = [];
  afterAll(() => {
    for (const each of projects) rmSync(each, { recursive: true, force: true });
  });
  const project = (): string => {
    projects.push(newProject());
    return projects.at(-1)!;
  };

  it('asks for esbuild where the project has none that can be loaded', () => {
    const own = project();
    mkdirSync(join(own, 'node_modules/esbuild'));
    writeFileSync(join(own, 'node_modules/esbuild/index.js'), "throw new Error('not here');");
    expect(() => deploy(own)).toThrow(
      /entry: is bundled with esbuild, which is not to be found from .*npm install --save-dev esbuild \[INVALID_DEPLOYMENT\]/s,
    );
  });

  it('is bundled into each of the handlers', async () => {
    const own = project();
    symlinkSync(dirname(createRequire(import.meta.url).resolve('esbuild/package.json')), join(own, 'node_modules/esbuild'));
    const bundles = deploy(own);
    expect(bundles).toHaveLength(4);
    const away = project(); // where no package is to be had
    const names: string[] = [];
    for (const [n, file] of bundles.entries()) {
      cpSync(dirname(file), join(away, String(n)), { recursive: true });
      const { handler } = (await import(pathToFileURL(join(away, String(n), 'index.mjs')).href)) as {
        handler: (event: unknown) => Promise<{ name: string }>;
      };
      const answer = await handler(7);
      expect(answer).toMatchObject({ setup: { name: 'my own' }, event: 7 });
      names.push(answer.name);
    }
    expect(names.sort()).toEqual(['assistant', 'orchestrator', 'scavenger', 'scheduler']);
  });
});
