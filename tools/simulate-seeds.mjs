// Plays a range of seeds in this process and says what came of it, a line of JSON for each thing: what `npm run simulate` starts.
//   node tools/simulate-seeds.mjs <memory|sqlite> <from> <seeds>
import { simulate } from '../packages/testkit/dist/index.js';
import { storeOf } from './simulate/stores.mjs';

const [name = 'memory', from = '1', seeds = '1'] = process.argv.slice(2);
const store = storeOf(name);

/** @param {Readonly<Record<string, unknown>>} what */
const say = (what) => void process.stdout.write(`${JSON.stringify(what)}\n`);

let virtual = 0;
let starts = 0;
for (let seed = Number(from); seed < Number(from) + Number(seeds); seed += 1) {
  const report = await simulate({ seed, store });
  virtual += report.virtual;
  starts += report.starts;
  if (report.violations.length > 0) say({ failed: seed, violations: report.violations });
}
say({ played: Number(seeds), virtual, starts });
