/** Histories by hand: a good one, and whatever is to be wrong with it. */
import type { JsonText, TaskRecord } from '@reeve/core';
import type { History, ProcessHistory } from '../src/history/history.ts';
import type { Line } from '../src/history/line.ts';
import { CAPS, idOf, workOf } from '../src/work.ts';

export const LEASE = 1_000;

export const process = (name: string, lines: readonly Line[], rest: Partial<ProcessHistory> = {}): ProcessHistory => ({
  name,
  lines,
  goneAt: 100_000,
  paused: [],
  ...rest,
});

export interface Run {
  readonly number: number;
  readonly at: number;
  /** Default 10 ms. */
  readonly works?: number;
  /** Default the length of a lease. */
  readonly lease?: number;
  readonly attempt?: number;
  readonly token?: string;
  /** `nothing`: it never came to its end. */
  readonly how?: 'done' | 'failed' | 'stopped' | 'nothing';
  /** Whether the store took its word. Default: if it is done. */
  readonly applied?: boolean;
}

/** What a process writes of one attempt. */
export const ran = ({
  number,
  at,
  works = 10,
  lease = LEASE,
  attempt = 1,
  token = `${number}/${attempt}`,
  how = 'done',
  applied = how === 'done',
}: Run): readonly Line[] => {
  const id = idOf(number);
  return [
    { kind: 'start', at, id, attempt, token, until: at + lease },
    ...(how === 'nothing' ? [] : [{ kind: 'end', at: at + works, id, token, how } as const]),
    ...(applied ? [{ kind: 'applied', at: at + works + 1, id, verdict: 'completed' } as const] : []),
  ];
};

export const enqueued = (count: number): Line => ({ kind: 'enqueued', at: 0, from: 0, answers: 'c'.repeat(count) });

export const completed = (number: number): TaskRecord => ({
  labourer: workOf(number).labourer,
  id: idOf(number),
  payload: '{}' as JsonText,
  priority: 0,
  errors: [],
  attempts: 1,
  createdAt: 0,
  state: 'completed',
  endedAt: 1,
  result: JSON.stringify({ number }) as JsonText,
});

/** Three tasks, one after the other, by two processes. Nothing is wrong with it. */
export const good = (changes: Partial<History> = {}): History => ({
  tasks: 3,
  caps: CAPS,
  lease: LEASE,
  patience: 5_000,
  processes: [
    process('producer', [enqueued(3)]),
    process('a', [...ran({ number: 0, at: 10 }), ...ran({ number: 2, at: 30 })]),
    process('b', ran({ number: 1, at: 20 })),
  ],
  faults: [],
  faultsOver: 50,
  samples: [{ at: 15, labourer: 'mill', running: 1 }],
  records: [0, 1, 2].map(completed),
  neglected: 0,
  doneAt: 100,
  ...changes,
});
