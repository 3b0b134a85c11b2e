import type { TaskRecord } from '@reeve/core';
import type { Line } from './line.ts';
import { median, peakOf } from './measures.ts';

/** What the journal and the store together say of one labourer's tasks. */
export interface Finding {
  /** Completed in the store. */
  readonly completed: number;
  readonly dead: number;
  /** Took more than one attempt. */
  readonly retried: number;
  /** Were given to the store, and it does not know them, or it had forgotten them meanwhile. */
  readonly lost: number;
  /** Were worked on again after their end had been reported. */
  readonly doubled: number;
  /** The most handlers alive at one instant, over all processes. */
  readonly peak: number;
  /** The median of what tasks waited for their attempts, in milliseconds; undefined if nothing started. */
  readonly p50Wait: number | undefined;
}

export interface Evidence {
  /** Of all labourers and processes, in the order in which they were written. */
  readonly journal: readonly Line[];
  /** All that the store has of the labourer, in whatever state. */
  readonly tasks: readonly TaskRecord[];
  /** The ids that the store must have. */
  readonly expected: readonly string[];
  /** The longest that an attempt may work without a heartbeat, in milliseconds. */
  readonly lease: number;
}

export const audit = (labourer: string, { journal, tasks, expected, lease }: Evidence): Finding => {
  const own = journal.filter((line) => line.labourer === labourer);
  const waits = own.flatMap((line) => (line.kind === 'started' ? line.waited : []));
  return {
    completed: tasks.filter(({ state }) => state === 'completed').length,
    dead: tasks.filter(({ state }) => state === 'dead').length,
    retried: tasks.filter(({ attempts }) => attempts > 1).length,
    lost: lostOf(own, tasks, expected).size,
    doubled: doubledOf(own, tasks).size,
    peak: peakOf(own, lease),
    p50Wait: median(waits),
  };
};

const lostOf = (journal: readonly Line[], tasks: readonly TaskRecord[], expected: readonly string[]): ReadonlySet<string> => {
  const known = new Set(tasks.map(({ id }) => id));
  const given = journal.flatMap(({ kind, id }) => (kind === 'given' ? id : []));
  const missing = [...expected, ...given].filter((id) => !known.has(id));
  // A store that takes a task twice as a new one did not know it any more.
  const forgotten = given.filter((id, n) => given.indexOf(id) !== n);
  return new Set([...missing, ...forgotten]);
};

const doubledOf = (journal: readonly Line[], tasks: readonly TaskRecord[]): ReadonlySet<string> => {
  const endedAt = new Map(tasks.flatMap((task) => ('endedAt' in task ? [[task.id, task.endedAt]] : [])));
  const closed = new Set<string>();
  const doubled = new Set<string>();
  for (const { kind, id, at } of journal) {
    if (kind === 'closed') closed.add(id);
    // A process may have been killed between the store's answer and its line in the journal; the store has the instant as well.
    if (kind === 'started' && (closed.has(id) || at > (endedAt.get(id) ?? Number.POSITIVE_INFINITY))) doubled.add(id);
  }
  return doubled;
};
