import type { Cloud } from '../cloud/cloud.ts';
import type { Audit } from '../story/audit.ts';
import { LABOURERS, type Standing } from '../story/look.ts';

type Write = (line: string) => void;

/** The least between two lines of numbers, in milliseconds. */
const SHOW_EVERY = 1_000;
/** Of a column, in characters. */
const WIDTH = 38;

/** Lines for a person: what happens, and once a second how things stand. */
export class Screen {
  readonly #write: Write;
  readonly #notices: () => readonly string[];
  readonly #load: () => number;
  #next = 0;
  #last = '';

  constructor({ write, notices, load }: { readonly write: Write; readonly notices: () => readonly string[]; readonly load: () => number }) {
    this.#write = write;
    this.#notices = notices;
    this.#load = load;
  }

  title(): void {
    this.#write(`  ${LABOURERS.map((labourer) => labourer.padEnd(WIDTH)).join('')}load of the provider`);
  }

  say(text: string): void {
    this.#tell();
    this.#write(`\n${text}`);
  }

  show(standings: readonly Standing[]): void {
    this.#tell();
    const line = standings.map((each) => words(each).padEnd(WIDTH)).join('');
    if (Date.now() < this.#next || line === this.#last) return;
    this.#next = Date.now() + SHOW_EVERY;
    this.#last = line;
    this.#write(`  ${line}${this.#load()}`);
  }

  #tell(): void {
    for (const each of this.#notices()) this.#write(`    - ${each}`);
  }
}

const words = ({ queued, running, completed, dead }: Standing): string =>
  [
    queued > 0 && `${queued} queued`,
    running > 0 && `${running} running`,
    (completed > 0 || queued + running === 0) && `${completed} done`,
    dead > 0 && `${dead} dead`,
  ]
    .filter((part) => part !== false)
    .join(', ');

/** What came of it all. */
export const summary = (
  { orders, paid, declined, receipts, twice, stockReports, takings, complaints }: Audit,
  { mishaps, outside }: Pick<Cloud, 'mishaps' | 'outside'>,
): readonly string[] => [
  '',
  `${orders} orders: ${paid} paid, once each (${(takings / 100).toFixed(2)}), ${declined} declined.`,
  `${receipts} receipts${twice > 0 ? `, ${twice} of them mailed twice` : ''}, ${stockReports} stock reports.`,
  `On the way Lambda delivered ${mishaps.twice} charges twice, lost the answer to ${mishaps.lost}, and throttled ${mishaps.throttled};`,
  `the provider was asked ${outside.ledger.repeats} times for a charge that it had made.`,
  ...(complaints.length === 0 ? ['Shop, provider and mail server agree on every order.'] : complaints.map((each) => `WRONG: ${each}`)),
];
