export { type ApiReport, makeReports } from './api/make-report.ts';
export { contractPage } from './contract/contract-page.ts';
export { promisesIn } from './contract/promises.ts';
export { fileOf, placeOf, type Snippet, snippetsOf } from './docs/snippets.ts';
export { setUpWorkshop } from './docs/workshop.ts';
export { checkHouse, ruleCount } from './house/check-house.ts';
export { medianSize } from './house/sizes.ts';
export { checkTarball } from './published/check-tarball.ts';
export { type Finding, type Rule, readTree, type Tree } from './tree.ts';
