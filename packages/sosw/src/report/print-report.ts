import type { Finding, Level } from './finding.ts';
import type { Count, DoctorReport, FirstRounds, LabourerRows, SettingFate } from './report.ts';

const MARKS: Readonly<Record<Level, string>> = { error: '✗', warning: '!', note: '·', ok: '✓' };
const ORDER: readonly Level[] = ['error', 'warning', 'note', 'ok'];
/** Settings are told by what becomes of them; those that stay as they are need no line each. */
const TOLD: readonly SettingFate['fate'][] = ['moved', 'dropped', 'unknown'];

/** As a text that people read, the worst first. Nothing of it is a payload or a result. */
export const printReport = (report: DoctorReport): string => {
  const { at, findings, settings, labourers, firstRounds, cost } = report;
  return [
    `${summary(findings)}, ${new Date(at).toISOString()}`,
    ...ORDER.flatMap((level) => findings.filter((each) => each.level === level).flatMap(finding)),
    ...section('Settings', settings.filter(({ fate }) => TOLD.includes(fate)).map(setting)),
    ...section('Tasks', labourers.length === 0 ? [] : table([TASK_HEAD, ...labourers.map(tasks)])),
    ...section('What Reeve does first: sweep until there is no more, then tick', firstRounds.map(rounds)),
    '',
    `${plural(cost.requests, 'request')}, ${Math.round(cost.readUnits * 10) / 10} read units. Nothing was written.`,
    '',
  ].join('\n');
};

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const summary = (findings: readonly Finding[]): string => {
  const count = (level: Level): number => findings.filter((each) => each.level === level).length;
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  if (errors + warnings + notes === 0) return 'All is well';
  return [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
    ...(notes > 0 ? [plural(notes, 'note')] : []),
  ].join(', ');
};

const finding = ({ level, code, where, what, remedy }: Finding): readonly string[] => [
  `${MARKS[level]} ${where}: ${what} [${code}]`,
  ...(remedy === undefined ? [] : [`    ${remedy}`]),
];

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((each) => `  ${each}`)];

const setting = ({ setting: name, fate, becomes }: SettingFate): string => `${name} (${fate}): ${becomes}`;

const TASK_HEAD = ['labourer', 'queued', 'running', 'expired', 'completed', 'retry due', 'retry waits', 'lost', 'closed', 'dead'];

const tasks = (rows: LabourerRows): readonly string[] => [
  rows.labourer,
  ...[
    rows.queued,
    rows.running,
    rows.expired,
    rows.completed,
    rows.retryDue,
    rows.retryWaiting,
    rows.lost,
    rows.closedCompleted,
    rows.closedDead,
  ].map(count),
];

const count = ({ rows, atLeast }: Count): string => `${rows}${atLeast ? '+' : ''}`;

const table = (lines: readonly (readonly string[])[]): readonly string[] => {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

const rounds = ({ labourer, cap, running, starts, due, retries, buries, archives, setsAside, atLeast }: FirstRounds): string => {
  const sweeps = [
    ...(archives > 0 ? [`archives ${archives}`] : []),
    ...(retries > 0 ? [`puts off ${retries} for another attempt`] : []),
    ...(buries > 0 ? [`buries ${buries}`] : []),
  ];
  return [
    `${labourer}: `,
    sweeps.length > 0 ? `${sweeps.join(', ')}; then ` : '',
    `starts ${starts} of ${due} at a cap of ${cap}`,
    running > 0 ? `, ${running} of which ${running === 1 ? 'is' : 'are'} taken` : '',
    setsAside > 0 ? `; sets ${setsAside} aside` : '',
    atLeast ? ' (at least: there are more rows than the sample)' : '',
  ].join('');
};
