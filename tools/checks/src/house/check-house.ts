import type { Finding, Tree } from '../tree.ts';
import { adapters } from './adapters.ts';
import { arrows } from './arrows.ts';
import { errorPages } from './error-pages.ts';
import { links } from './links.ts';
import { manifests } from './manifests.ts';
import { places } from './places.ts';
import { readmes } from './readmes.ts';
import { sizes } from './sizes.ts';
import { skippedTests } from './skipped-tests.ts';
import { suppressions } from './suppressions.ts';
import { timeAndChance } from './time-and-chance.ts';

const rules = [arrows, adapters, timeAndChance, sizes, suppressions, skippedTests, readmes, errorPages, links, manifests, places];

/** How many rules the house has. */
export const ruleCount: number = rules.length;

/** What every rule of the house has to say about a checkout, file by file. */
export const checkHouse = (tree: Tree): readonly Finding[] =>
  rules.flatMap((rule) => rule(tree)).sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1));
