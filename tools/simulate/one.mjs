import { readFileSync, writeFileSync } from 'node:fs';
import { printFailure, shrink, simulate } from '../../packages/testkit/dist/index.js';
import { storeOf } from './stores.mjs';

/**
 * Plays one seed again, and shows it.
 * @param {{ seed: number, store: string, commit: string, options?: string | undefined, smaller: boolean, keep?: string | undefined }} request
 *   `options`: a file of them; `smaller`: shrinks it if it fails; `keep`: where to write the seed and its options
 * @returns {Promise<boolean>} whether it held
 */
export const playOne = async ({ seed, store, commit, options, smaller, keep }) => {
  const request = {
    seed,
    store: storeOf(store),
    ...(options !== undefined && { options: JSON.parse(readFileSync(options, 'utf8')).options }),
  };
  let report = await simulate(request);
  if (smaller && report.violations.length > 0) {
    const shrunk = await shrink(request);
    if (shrunk) report = shrunk.report;
    console.log(`shrunk in ${shrunk?.tries} runs`);
  }
  const held = report.violations.length === 0;
  console.log(held ? `seed ${seed} holds: ${report.happenings} happenings, ${report.hash}` : printFailure(report, commit));
  if (keep !== undefined) {
    const why = report.violations.map(({ rule, what }) => `${rule}: ${what}`).join('; ');
    writeFileSync(keep, `${JSON.stringify({ seed, store, why, options: report.options }, null, 2)}\n`);
  }
  return held;
};
