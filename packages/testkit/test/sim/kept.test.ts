import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { printFailure, type SimOptions, simulate } from '@reeve/testkit';
import { describe, it } from 'vitest';

interface Kept {
  readonly seed: number;
  /** What was broken then. */
  readonly why: string;
  readonly options: SimOptions;
}

const folder = new URL('kept/', import.meta.url);

/** Seeds that failed once are played for ever, with their options as they were: what a seed draws may change. */
describe('a seed that failed once holds', () => {
  it.each(readdirSync(folder).map((name) => [name.replace(/\.json$/, '').replaceAll('-', ' '), name]))('%s', async (_, name) => {
    const { seed, options } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Kept;
    const report = await simulate({ seed, options });
    assert.equal(report.violations.length, 0, printFailure(report));
  });
});
