import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { frame, type LabourerView, oneLine, type View } from '../src/show/frame.ts';
import { LiveBlock } from '../src/show/live-block.ts';
import { paint, piece, widthOf } from '../src/show/paint.ts';
import { screenOf } from '../src/show/screen.ts';

const labourer = (name: string, overrides: Partial<LabourerView>): LabourerView => ({
  labourer: name,
  cap: 8,
  total: 270,
  queued: 139,
  running: 8,
  done: 122,
  retried: 12,
  dead: 1,
  ...overrides,
});

const view: View = {
  elapsed: 3_300,
  labourers: [labourer('inspect-package', {}), labourer('sum-up', { cap: 2, total: 11, queued: 0, running: 1, done: 3, dead: 0 })],
  remark: { text: 'a@1.0.0  MIT', tone: 'faint' },
};

const drawn = (width: number): readonly string[] => frame(view, width).map((row) => paint(row, false));

describe('frame', () => {
  it('shows a bar, a dot for each place, and the numbers under their titles', () => {
    expect(drawn(79)).toEqual([
      '                                  done  queued   running          retried  dead',
      '  inspect-package  ━━━━──────  122/270     139   ●●●●●●●● 8 of 8       12     1',
      '  sum-up           ━━────────     3/11       0   ●○       1 of 2       12     0',
      '',
      '  3.3 s   a@1.0.0  MIT',
    ]);
  });

  it.each(Array.from({ length: 160 }, (_, width) => width + 1))('is never wider than %i', (width) => {
    for (const row of frame(view, width)) expect(widthOf(row)).toBeLessThanOrEqual(width);
  });

  it('gives up the bar first, then the dots, then the table', () => {
    expect(drawn(74).join('\n')).toMatch(/^(?!.*━).*●/s);
    expect(drawn(60).join('\n')).toMatch(/^(?!.*●).*8 of 8/s);
    expect(drawn(50)[0]).toBe('inspect-package 122 of 270, 8 of 8 run, 139 queue…');
  });

  it('is one line where lines only follow one another', () => {
    expect(oneLine(view)).toBe(
      '   3.3 s  inspect-package: 139 queued, 8 of 8 running, 122 of 270 done, 12 retried, 1 dead; ' +
        'sum-up: 0 queued, 1 of 2 running, 3 of 11 done, 12 retried, 0 dead',
    );
    expect(oneLine({ ...view, remark: { text: 'waiting', tone: 'warning' } })).toMatch(/; waiting$/);
  });
});

describe('LiveBlock', () => {
  it('goes up by what it has drawn, and by more where the window was made narrower', () => {
    const block = new LiveBlock();
    const rows = [[piece('x'.repeat(30))], []];
    const lines = rows.map((row) => paint(row, false));
    const below = `${'x'.repeat(30)}\x1b[K\n\x1b[K\n\x1b[J`;
    expect(block.redraw(rows, lines, 80)).toBe(below);
    expect(block.redraw(rows, lines, 80)).toBe(`\x1b[2A\r${below}`);
    expect(block.redraw(rows, lines, 20)).toBe(`\x1b[3A\r${below}`);
    block.forget();
    expect(block.redraw(rows, lines, 80)).toBe(below);
  });
});

describe('screenOf', () => {
  const written = (isTTY: boolean, env: NodeJS.ProcessEnv): string => {
    let text = '';
    const out = { isTTY, write: (more: string) => (text += more), getWindowSize: () => [80, 24], hasColors: () => true };
    const screen = screenOf(out as unknown as WriteStream, env);
    for (const elapsed of [0, 125, 250, 999, 1_000, 1_125]) screen.show({ ...view, elapsed });
    screen.settle({ ...view, elapsed: 1_200 });
    return text;
  };

  it('draws over itself in a terminal, in colours', () => {
    expect(written(true, {})).toMatch(/\x1b\[5A\r.*\x1b\[32m/s);
  });

  it.each([
    ['a file or a pipe', false, {}],
    ['CI', true, { CI: 'true' }],
    ['a terminal that can nothing', true, { TERM: 'dumb' }],
  ])('gives %s a line a second, without a single control character', (_, isTTY, env) => {
    const text = written(isTTY, env);
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(text.match(/^.{8}/gm)).toEqual(['    0 ms', '   1.0 s', '   1.2 s']);
  });
});
