import { parseArgs } from 'node:util';
import type { Size } from './plan/workloads.ts';

export interface Options {
  readonly size: Size;
  readonly rounds: number;
  /** Patterns of what is run: see `chooses`. Empty: everything. */
  readonly only: readonly string[];
  /** Where the figures are written as JSON. */
  readonly json: string | undefined;
  /** Files of such JSON: nothing is run, the document is written from them. Empty: everything is run. */
  readonly from: readonly string[];
}

export const USAGE = `npm run bench                             everything, five rounds; writes docs/benchmarks.md and its plots
npm run bench -- --quick                  one short round, to see that everything works; writes no document
npm run bench -- --only redis/drain-100   store/workload/contender, each part a name or *; several with commas; writes no document
npm run bench -- --rounds 3               instead of five
npm run bench -- --json FILE              the figures of every round as JSON
npm run bench -- --from FILE              runs nothing, and writes the document from such a file; with a second, what that measured again counts`;

/** @throws if they cannot be understood; the message says which */
export const optionsOf = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      json: { type: 'string' },
      from: { type: 'string', multiple: true, default: [] },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > 100)
    throw new Error(`--rounds ${values.rounds} is not a whole number from 1 to 100`);
  const only = values.only.flatMap((each) => each.split(',')).filter((each) => each !== '');
  return { size: values.quick ? 'quick' : 'whole', rounds, only, json: values.json, from: values.from };
};
