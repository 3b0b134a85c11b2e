import { describe, expect, it } from 'vitest';
import { adapters } from '../../src/house/adapters.ts';
import { arrows } from '../../src/house/arrows.ts';
import { timeAndChance } from '../../src/house/time-and-chance.ts';
import { said } from '../plant.ts';

const core = (path: string, text: string): Record<string, string> => ({ [`packages/core/src/${path}`]: text });

describe('arrows', () => {
  it.each([
    ['domain/task.ts', `import { cap } from '../decide/cap.ts';`],
    ['decide/cap.ts', `import { Clock } from '../ports/clock.ts';`],
    ['decide/cap.ts', `import type { Loop } from '../run/loop.ts';`],
    ['ports/clock.ts', `export { run } from '../run/loop.ts';`],
    ['memory/store.ts', `import { Loop } from '../run/loop.ts';`],
    ['run/loop.ts', `import { tokens } from '../compose/tokens.ts';`],
    ['run/loop.ts', `const { MemoryTaskStore } = await import('../memory/store.ts');`],
    ['run/loop.ts', `import {\n  injectable,\n} from 'inversify';`],
    ['run/loop.ts', `import 'reflect-metadata';`],
    ['index.ts', `export * from 'inversify';`],
    ['run/loop.ts', `import lodash from 'lodash';`],
    ['run/loop.ts', `import { Cron } from 'croner';`],
    ['run/loop.ts', `import { x } from '../../../testkit/src/index.ts';`],
  ])('%s may not say %s', (path, text) => {
    expect(said(arrows, core(path, text))).toHaveLength(1);
  });

  it.each([
    ['decide/cap.ts', `import type { Clock } from '../ports/clock.ts';\nimport { Health } from '../domain/health.ts';`],
    ['ports/clock.ts', `import type { Health } from '../domain/health.ts';`],
    ['memory/store.ts', `import type { TaskStore } from '../ports/index.ts';`],
    ['run/loop.ts', `import { cap } from '../decide/cap.ts';\nimport { ReeveError } from '../errors.ts';`],
    ['decide/instants.ts', `import { Cron } from 'croner';`],
    ['compose/tokens.ts', `import 'reflect-metadata';\nimport { Container } from 'inversify';\nimport { Loop } from '../run/loop.ts';`],
    ['run/loop.ts', `// import { injectable } from 'inversify';`],
  ])('%s may say %s', (path, text) => {
    expect(said(arrows, core(path, text))).toEqual([]);
  });

  it('names the line', () => {
    expect(said(arrows, core('run/a.ts', `/* one\n two */\nimport { x } from '../compose/x.ts';`))[0]).toMatch(
      /^packages\/core\/src\/run\/a\.ts:3 /,
    );
  });
});

describe('adapters', () => {
  it('do not import each other, nor past the exports of a package', () => {
    const found = said(adapters, {
      'packages/adapter-sqlite/src/a.ts': `import { x } from '@reeve/adapter-dynamodb';`,
      'packages/invoker-lambda/src/a.ts': `import { x } from '@reeve/core/src/errors.ts';`,
      'packages/ecology-cloudwatch/src/a.ts': `import { x } from '../../core/src/errors.ts';`,
      'packages/core/src/a.ts': `import { x } from '@reeve/invoker-lambda';`,
    });
    expect(found).toHaveLength(4);
  });

  it('may import core and themselves', () => {
    const text = `import { ReeveError } from '@reeve/core';\nimport { y } from '../codec/y.ts';\nimport '@reeve/adapter-sqlite';`;
    expect(said(adapters, { 'packages/adapter-sqlite/src/sql/a.ts': text })).toEqual([]);
  });

  it('may be imported by packages that compose, and by no others', () => {
    const text = `import { x } from '@reeve/adapter-dynamodb';`;
    expect(said(adapters, { 'packages/lambda/src/a.ts': text })).toEqual([]);
    expect(said(adapters, { 'packages/worker/src/a.ts': text })).toHaveLength(1);
  });
});

describe('time and chance', () => {
  it.each(['Date.now()', 'new Date()', 'Math.random()', 'setTimeout(f, 1)', 'crypto.randomUUID()'])('%s stays out of core', (code) => {
    expect(said(timeAndChance, core('run/a.ts', `const x = ${code};`))).toHaveLength(1);
    expect(said(timeAndChance, core('compose/system.ts', `const x = ${code};`))).toEqual([]);
  });

  it('decisions do not wait', () => {
    expect(said(timeAndChance, core('decide/a.ts', 'export const a = async (): Promise<void> => {};'))).toHaveLength(2);
    expect(said(timeAndChance, core('run/a.ts', 'export const a = async (): Promise<void> => {};'))).toEqual([]);
  });

  it('comments and strings do not count', () => {
    expect(said(timeAndChance, core('run/a.ts', `/** not Date.now() */\nconst text = 'Date.now()';`))).toEqual([]);
  });
});
