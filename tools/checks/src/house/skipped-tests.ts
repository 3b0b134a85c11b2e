import { blank } from '../blank.ts';
import { findAll, type Rule } from '../tree.ts';

const left = /\b((?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fails)\b(?!If)|(?:xit|fit|xdescribe|fdescribe)\b(?=\s*\())/g;

/** No test is left out for good, or alone. `skipIf` and `runIf` say on what a test depends, and are fine. */
export const skippedTests: Rule = ({ files, read }) =>
  files
    .filter((file) => /\/test\/.*\.ts$/.test(file) || /^packages\/testkit\/src\/.*\.ts$/.test(file))
    .flatMap((file) => findAll('skipped-tests', file, blank(read(file), { strings: true }), left, (match) => `${match} must not stay`));
