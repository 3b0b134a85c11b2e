// The checker can fail: each thing that must not happen is planted, and seen, and nothing else is.
import type { JsonText } from '@reeve/core';
import { expect, it } from 'vitest';
import { check } from '../src/check/check.ts';
import type { History } from '../src/history/history.ts';
import type { Line } from '../src/history/line.ts';
import { completed, enqueued, good, LEASE, process, ran } from './planted.ts';

const rules = (history: History): readonly string[] => [...new Set(check(history).problems.map(({ rule }) => rule))];
const by = (...lines: readonly (readonly Line[])[]) => [
  process('producer', [enqueued(3)]),
  ...lines.map((each, n) => process(`w${n}`, each)),
];
const [zero, one, two] = [0, 1, 2].map((number) => ran({ number, at: 10 + number * 20 })) as [
  readonly Line[],
  readonly Line[],
  readonly Line[],
];

it('finds nothing wrong with a good run', () => {
  const { problems, attempts, overlaps, redone, samples } = check(good());
  expect({ problems, attempts, overlaps }).toEqual({ problems: [], attempts: 3, overlaps: [] });
  expect(redone).toEqual({ afterDone: 0, afterKill: 0, afterFailure: 0 });
  expect(samples).toEqual({ count: 1, most: { mill: 1 } });
});

it.each<readonly [what: string, rule: string, history: History]>([
  ['a task that the store does not know', 'lost', good({ records: [0, 1].map(completed) })],
  ['a task that is there twice', 'doubled', good({ records: [0, 1, 2, 1].map(completed) })],
  ['a task of nobody', 'invented', good({ records: [0, 1, 2, 3].map(completed) })],
  [
    'a task whose enqueueing was never answered',
    'not enqueued',
    good({ processes: [process('producer', [enqueued(2)]), process('a', [...zero, ...one, ...two])] }),
  ],
  [
    'a task that two calls made',
    'created twice',
    good({
      processes: [
        process('producer', [enqueued(3), { kind: 'enqueued', at: 5, from: 2, answers: 'c' }]),
        process('a', [...zero, ...one, ...two]),
      ],
    }),
  ],
  [
    'a task that still runs',
    'unfinished',
    good({ records: [completed(0), completed(1), { ...completed(2), state: 'running', token: 't', deadline: 9 } as never] }),
  ],
  [
    'the result of another task',
    'wrong end',
    good({ records: [completed(0), completed(1), { ...completed(2), result: '{"number":1}' as JsonText } as never] }),
  ],
  [
    'a dead task that could be done',
    'wrong end',
    good({ records: [completed(0), completed(1), { ...completed(2), state: 'dead', error: 'x' } as never] }),
  ],
  ['a task that ended and nobody worked on', 'ended by nobody', good({ processes: by(zero, one) })],
  ['one more lease than the cap, by the store', 'over the cap', good({ samples: [{ at: 1, labourer: 'forge', running: 5 }] })],
  [
    'two processes that had the last word',
    'ended twice',
    good({ processes: by(zero, one, two, [{ kind: 'applied', at: 99, id: 'task-2', verdict: 'completed' }]) }),
  ],
  [
    'an attempt after the end',
    'begun after its end',
    good({ processes: by(zero, one, two, ran({ number: 0, attempt: 2, at: 2_000, applied: false })) }),
  ],
  [
    'an attempt within the lease of another that was killed',
    'begun within a lease',
    good({
      processes: [
        ...by(one, two, ran({ number: 0, attempt: 2, at: 500 })),
        process('k', ran({ number: 0, at: 10, how: 'nothing' }), { killedAt: 20, goneAt: 21 }),
      ],
    }),
  ],
  [
    'one lease with two handlers',
    'one lease, two handlers',
    good({ processes: by(zero, one, [...ran({ number: 2, at: 50, how: 'failed' }), ...ran({ number: 2, at: 2_000 })]) }),
  ],
  [
    'a process that ended by itself',
    'a process ended',
    good({ processes: [...good().processes, process('c', [], { ownEnd: 'it ended by itself with 1' })] }),
  ],
  ['expired leases that nobody takes care of', 'neglected', good({ neglected: 2 })],
  ['work that did not end', 'not done', (({ doneAt: _, ...rest }) => rest)(good())],
  [
    'an outage after which nothing went on for too long',
    'slow recovery',
    good({
      processes: by(zero, one, ran({ number: 2, at: 7_000 })),
      faults: [{ name: 'restart', from: 60, to: 70, isOutage: true }],
      doneAt: 7_100,
    }),
  ],
  [
    'a task of a killed process that waited for too long',
    'slow recovery',
    good({
      processes: [
        ...by(one, two, ran({ number: 0, attempt: 2, at: 7_000 })),
        process('k', ran({ number: 0, at: 10, how: 'nothing' }), { killedAt: 20, goneAt: 21 }),
      ],
    }),
  ],
])('sees %s', (_, rule, history) => {
  expect(rules(history)).toEqual([rule]);
});

it('counts what a run that was not done has left as nothing but not done, and still sees what it lost', () => {
  const notDone = ({ doneAt: _, ...rest }: History): History => rest;
  const waiting = { ...completed(1), state: 'queued', due: 9 } as never;
  const processes = [process('producer', [enqueued(2)]), process('a', zero)]; // the third was never enqueued
  expect(rules(notDone(good({ processes, records: [completed(0), waiting] })))).toEqual(['not done']);
  expect(rules(notDone(good({ processes, records: [waiting] })))).toEqual(['lost', 'not done']);
});

it('sees more handlers with a lease than the cap', () => {
  const tasks = 60; // without 7, 13, 33 and the like, which are not plain
  const numbers = Array.from({ length: tasks }, (_, n) => n).filter((n) => n !== 33 && n !== 13);
  const lines = numbers.flatMap((number, n) => ran({ number, at: 100 + (n < 31 ? 0 : 100 + n * 20) }));
  const history = good({
    tasks,
    processes: [process('producer', [enqueued(tasks)]), process('a', lines)],
    records: numbers.map(completed),
  });
  const found = check({ ...history, tasks }).problems.filter(({ rule }) => rule !== 'lost');
  expect(found.map(({ rule }) => rule)).toEqual(['over the cap', 'unexplained overlap']);
  expect(found[0]?.text).toBe('mill: 31 handlers with a lease under a cap of 30, for 10.0 ms');
});

/** Attempt 1 works on for three seconds after its lease; attempt 2 begins when the lease is over. */
const overlapping = (rest: Parameters<typeof process>[2] = {}, more: readonly Line[] = []) =>
  good({
    processes: [
      ...by(one, two, ran({ number: 0, attempt: 2, at: 1_500, works: 100 })),
      process('late', [...ran({ number: 0, at: 10, works: 3 * LEASE, applied: false }), ...more], rest),
    ],
  });

it('sees two handlers of one task, and asks why', () => {
  expect(rules(overlapping())).toEqual(['unexplained overlap']);
  const stopped = check(overlapping({ paused: [{ from: 500, to: 2_900 }] }));
  expect(stopped.problems).toEqual([]);
  expect(stopped.overlaps).toEqual([
    { what: 'task-0: 2 handlers at once', lasted: 100, most: 2, reasons: { 'its process was stopped': 1 } },
  ]);
  expect(stopped.redone.afterDone).toBe(1);
  const starved = check(overlapping({}, [{ kind: 'lag', at: 1_400, since: 800 }]));
  expect([starved.problems, starved.overlaps[0]?.reasons]).toEqual([[], { 'its process had no turn': 1 }]);
  expect(rules(overlapping({ paused: [{ from: 4_000, to: 5_000 }] }))).toEqual(['unexplained overlap']); // it was stopped later
});

it('takes the time of a heartbeat into account', () => {
  const beating = (renewed: readonly Line[]) =>
    good({
      processes: by(
        one,
        two,
        [...ran({ number: 0, at: 10, works: 1_800 }), ...renewed],
        ran({ number: 0, attempt: 2, at: 1_900, token: 'x', applied: false, how: 'failed' }),
      ),
    });
  const renewed = { kind: 'renewed', at: 900, id: 'task-0', token: '0/1', until: 1_950 } as const;
  expect(rules(beating([]))).toEqual(['begun after its end']);
  expect(rules(beating([renewed]))).toEqual(['begun after its end', 'begun within a lease']);
});

it('does not blame a store for a machine that stands still', () => {
  const late = by(zero, one, ran({ number: 2, at: 7_000 }));
  const lag: Line = { kind: 'lag', at: 4_000, since: 1_000 };
  const run = (rest: Parameters<typeof process>[2]) =>
    check(
      good({
        processes: [...late, process('f', [lag], rest)],
        faults: [{ name: 'restart', from: 60, to: 70, isOutage: true }],
        doneAt: 7_100,
      }),
    );
  expect([run({}).problems, run({}).recovery.unjudged]).toEqual([[], 1]);
  expect(run({ paused: [{ from: 900, to: 4_100 }] }).problems.map(({ rule }) => rule)).toEqual(['slow recovery']); // that was us
});

it('judges no recovery that a further outage cut short, and none when nothing was left', () => {
  const outage = (from: number, to: number) => ({ name: 'restart', from, to, isOutage: true });
  const late = by(zero, one, ran({ number: 2, at: 9_000 }));
  expect(rules(good({ processes: late, faults: [outage(60, 70), outage(3_000, 8_000)], doneAt: 9_100 }))).toEqual([]);
  expect(rules(good({ faults: [outage(200, 210)] }))).toEqual([]);
  expect(rules(good({ faults: [outage(200, 210)], doneAt: 60_000 }))).toEqual([]); // nobody looked sooner whether all was done
  expect(check(good({ processes: late, faults: [outage(60, 8_000)], doneAt: 9_100 })).recovery.recoveries).toEqual([
    { fault: 'restart', took: 1_011 },
  ]);
});
