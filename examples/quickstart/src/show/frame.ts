import { fit, type Piece, piece, type Row, type Tone } from './paint.ts';
import { padded } from './table.ts';
import { count, span } from './text.ts';

/** How far one labourer is. */
export interface LabourerView {
  readonly labourer: string;
  readonly cap: number;
  readonly total: number;
  readonly queued: number;
  readonly running: number;
  readonly done: number;
  readonly retried: number;
  readonly dead: number;
}

export interface Remark {
  readonly text: string;
  readonly tone: Tone;
}

/** All that a moment of the run shows. */
export interface View {
  /** Since the start of this process, in milliseconds. */
  readonly elapsed: number;
  readonly labourers: readonly LabourerView[];
  /** What keeps it waiting, or what came out last. */
  readonly remark: Remark;
}

const NAME = 15;
const LONGEST_BAR = 28;
const SHORTEST_BAR = 8;

interface Layout {
  /** Characters of the bar; 0 for none. */
  readonly bar: number;
  readonly dots: boolean;
}

/** The live display: a line of titles, a line for each labourer, a remark. No line is wider than the width. */
export const frame = ({ elapsed, labourers, remark }: View, width: number): readonly Row[] => {
  const layout = layoutOf(labourers, width);
  const table = layout ? [titles(labourers, layout), ...labourers.map((each) => line(each, layout, labourers))] : labourers.map(short);
  const last: Row = [piece('  '), piece(span(elapsed), 'faint'), piece('   '), piece(remark.text, remark.tone)];
  return [...table, [], last].map((row) => fit(row, width));
};

/** For where lines only follow one another: all of it in one. */
export const oneLine = ({ elapsed, labourers, remark }: View): string => {
  const parts = labourers.map(
    ({ labourer, queued, running, cap, done, total, retried, dead }) =>
      `${labourer}: ${queued} queued, ${running} of ${cap} running, ${done} of ${total} done, ${retried} retried, ${dead} dead`,
  );
  return `${padded(span(elapsed), 8, 'right')}  ${parts.join('; ')}${remark.tone === 'warning' ? `; ${remark.text}` : ''}`;
};

/** What fits, the most first; undefined where not even the numbers do. */
const layoutOf = (labourers: readonly LabourerView[], width: number): Layout | undefined => {
  const without = (dots: boolean): number => [...frameLine(labourers[0], { bar: 0, dots }, labourers)].length;
  const room = width - without(true) - 2;
  if (room >= SHORTEST_BAR) return { bar: Math.min(LONGEST_BAR, room), dots: true };
  for (const dots of [true, false]) if (without(dots) <= width) return { bar: 0, dots };
  return undefined;
};

const frameLine = (view: LabourerView | undefined, layout: Layout, all: readonly LabourerView[]): string =>
  view === undefined
    ? ''
    : line(view, layout, all)
        .map(({ text }) => text)
        .join('');

const line = (view: LabourerView, { bar, dots }: Layout, all: readonly LabourerView[]): Row => {
  const { labourer, cap, total, queued, running, done, retried, dead } = view;
  const most = Math.max(...all.map((each) => each.cap));
  const { doneWidth, runningWidth } = widthsOf(all, dots);
  return [
    piece('  '),
    piece(padded(labourer, NAME, 'left'), 'strong'),
    ...(bar > 0 ? [piece('  '), ...barOf(done + dead, total, bar)] : []),
    piece(padded(`${count(done)}/${count(total)}`, doneWidth + 2, 'right')),
    piece(padded(count(queued), 8, 'right')),
    piece('   '),
    ...(dots ? dotsOf(running, cap, most) : []),
    piece(padded(`${running} of ${cap}`, runningWidth, 'right')),
    piece(padded(count(retried), 9, 'right'), retried > 0 ? 'warning' : 'faint'),
    piece(padded(count(dead), 6, 'right'), dead > 0 ? 'bad' : 'faint'),
  ];
};

const titles = (all: readonly LabourerView[], { bar, dots }: Layout): Row => {
  const most = Math.max(...all.map((each) => each.cap));
  const { doneWidth, runningWidth } = widthsOf(all, dots);
  const before = 2 + NAME + (bar > 0 ? 2 + bar : 0) + doneWidth + 2;
  const running = runningWidth + (dots ? most + 1 : 0);
  const text = [padded('done', before, 'right'), padded('queued', 8, 'right'), '   ', padded('running', running, dots ? 'left' : 'right')];
  return [piece(`${text.join('')}${padded('retried', 9, 'right')}${padded('dead', 6, 'right')}`, 'faint')];
};

const widthsOf = (all: readonly LabourerView[], dots: boolean): { readonly doneWidth: number; readonly runningWidth: number } => ({
  doneWidth: Math.max(...all.map(({ total }) => 1 + 2 * count(total).length)),
  // Its title stands over the dots as well, where there are any.
  runningWidth: Math.max(dots ? 0 : 'running'.length, ...all.map(({ cap }) => 4 + 2 * String(cap).length)),
});

const short = ({ labourer, done, total, running, cap, queued, dead }: LabourerView): Row => [
  piece(labourer, 'strong'),
  piece(` ${done} of ${total}, ${running} of ${cap} run, ${queued} queued, ${dead} dead`),
];

const barOf = (ended: number, total: number, width: number): readonly Piece[] => {
  const filled = total === 0 ? 0 : Math.floor((Math.min(ended, total) / total) * width);
  return [piece('━'.repeat(filled), 'good'), piece('─'.repeat(width - filled), 'faint')];
};

/** One dot for each place under the cap, filled while it is taken. */
const dotsOf = (running: number, cap: number, most: number): readonly Piece[] => {
  const taken = Math.min(running, cap);
  return [piece('●'.repeat(taken), 'good'), piece('○'.repeat(cap - taken), 'faint'), piece(' '.repeat(most - cap + 1))];
};
