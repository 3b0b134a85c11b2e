// npm run bench comes here, under the Node that the rivals need: see tools/bench.mjs and options.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe } from './about.ts';
import { type Book, together } from './figures/book.ts';
import { checkCap, measure } from './measure.ts';
import { type Options, optionsOf, USAGE } from './options.ts';
import { chooses, planOf } from './plan/plan.ts';
import type { StoreName } from './plan/workloads.ts';
import { lineOf, reportOf } from './report/terminal.ts';
import { writeDocument } from './report/write-document.ts';
import { startServers } from './servers.ts';

/** Of one run with all that is around it, in seconds, on the machine where this was written. */
const RUN = { whole: 5, quick: 2 };

const run = async ({ size, rounds, only }: Options): Promise<Book> => {
  const contests = planOf(only);
  const capped = (['redis', 'postgres'] as const).filter(
    (store) => only.length === 0 || only.some((each) => chooses(each, [store, 'cap', 'reeve'])),
  );
  if (contests.length === 0 && capped.length === 0) throw new Error(`--only ${only.join(',')} chooses nothing`);
  const runs = contests.reduce((sum, { entries }) => sum + entries.length, 0) * rounds;
  console.log(`${runs} runs, some ${Math.ceil((runs * RUN[size]) / 60)} minutes`);
  const since = performance.now();
  const servers = await startServers(new Set<StoreName>([...contests.map(({ store }) => store), ...capped]));
  try {
    const { urls } = servers;
    const about = await describe(urls, rounds);
    console.log([about.machine, `Node ${about.node}`, ...about.servers, about.versions.join(', ')].join('\n'));
    const hear = (...heard: Parameters<typeof lineOf>): void => console.log(lineOf(...heard));
    const options = { size, rounds, urls, hear };
    const { rows, faults } = await measure(contests, options);
    const checks = [];
    for (const store of capped) checks.push(await checkCap(store, options));
    return {
      about: { ...about, minutes: Math.ceil((performance.now() - since) / 60_000) },
      rows,
      caps: checks.flatMap(({ check }) => check ?? []),
      faults: [...faults, ...checks.flatMap((each) => each.faults)],
    };
  } finally {
    await servers.stop();
  }
};

const main = async (args: readonly string[]): Promise<number> => {
  const options = optionsOf(args);
  const book =
    options.from.length === 0
      ? await run(options)
      : options.from.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Book).reduce(together);
  console.log(reportOf(book));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(book, null, 1)}\n`);
  const publishes = options.from.length > 0 || (options.size === 'whole' && options.only.length === 0);
  if (publishes && book.faults.length === 0) console.log(`written: ${writeDocument(book).join(', ')}`);
  console.log(`${book.about.minutes} minutes, ${book.faults.length} faults`);
  return book.faults.length === 0 ? 0 : 1;
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError || (error instanceof Error && /^--/.test(error.message))) console.error(USAGE);
  process.exitCode = 2;
}
