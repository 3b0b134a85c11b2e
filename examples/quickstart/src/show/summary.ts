import { type LicenceTotal, sumOf } from '../labourers/totals.ts';
import { isGood, type Report } from '../report.ts';
import { fit, piece, type Row } from './paint.ts';
import { type Column, table } from './table.ts';
import { count, plural, printable, size, span } from './text.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const left = (title: string): Column => ({ title, align: 'left' });

const LABOURER_COLUMNS: readonly Column[] = [
  left('labourer'),
  ...['cap', 'peak running', 'p50 wait', 'tasks', 'done', 'retried', 'dead'].map(right),
];

const WIDE = 76;

/** Licences that have a line of their own; what is beyond shares the last. */
const MOST_LICENCES = 10;
const MOST_DEATHS = 5;

/** What came out, at the end: the table of results, a line for each labourer, and the sum of it. */
export const summary = (report: Report, width: number): readonly Row[] => [
  [],
  ...licenceTable(report.licences, width),
  [],
  ...labourerTable(report, width),
  ...deaths(report, width),
  [],
  verdict(report),
];

const licenceTable = (licences: readonly LicenceTotal[], width: number): readonly Row[] => {
  if (licences.length === 0) return [[piece('  nothing was summed up yet', 'faint')]];
  const shown = licences.length > MOST_LICENCES ? licences.slice(0, MOST_LICENCES - 1) : licences;
  const others = licences.slice(shown.length);
  const cells = ({ licence, packages, files, lines, bytes }: LicenceTotal): readonly string[] => [
    licence,
    count(packages),
    count(files),
    count(lines),
    size(bytes),
  ];
  const together = (name: string, totals: readonly LicenceTotal[]): LicenceTotal => ({ ...totals.reduce(sumOf), licence: name });
  return table(
    [left('licence'), right('packages'), right('files'), right('lines'), right('size')],
    [
      ...shown.map((each) => ({ cells: cells(each) })),
      ...(others.length > 0 ? [{ cells: cells(together(`${others.length} others`, others)) }] : []),
      { cells: cells(together('all', licences)), tone: 'strong' as const },
    ],
    width,
  );
};

/** Where all columns do not fit, the last ones go. */
const labourerTable = ({ labourers }: Report, width: number): readonly Row[] => {
  const columns = width < WIDE ? LABOURER_COLUMNS.slice(0, 4) : LABOURER_COLUMNS;
  const rows = Object.entries(labourers).map(([name, { cap, peak, p50WaitMs, tasks, completed, retried, dead }]) => ({
    cells: [name, count(cap), count(peak), p50WaitMs === null ? '-' : span(p50WaitMs), ...[tasks, completed, retried, dead].map(count)],
  }));
  return table(columns, rows, width);
};

const deaths = ({ deaths }: Report, width: number): readonly Row[] => [
  ...(deaths.length > 0 ? [[]] : []),
  ...deaths.slice(0, MOST_DEATHS).map(({ id, error }) => fit([piece(`  dead: ${printable(id)}: ${printable(error)}`, 'bad')], width)),
  ...(deaths.length > MOST_DEATHS ? [[piece(`  and ${count(deaths.length - MOST_DEATHS)} more`, 'bad')]] : []),
];

const verdict = (report: Report): Row => {
  const { tasks, completed, dead, lost, doubled, seconds, finished } = report;
  const text = `${plural(tasks, 'task')}: ${count(completed)} completed, ${count(dead)} dead, ${count(lost)} lost, ${count(doubled)} doubled`;
  const open = tasks - completed - dead - lost;
  return [
    piece('  '),
    piece(`${text}${finished ? '' : `, ${count(open)} still to do`}`, isGood(report) ? 'good' : finished ? 'bad' : 'warning'),
    piece(`   in ${span(seconds * 1_000)}`, 'faint'),
  ];
};
