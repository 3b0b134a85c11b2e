import type { Events } from '@reeve/core';

/** What happened to the tasks of one labourer, or of all. */
export interface Count {
  started: number;
  completed: number;
  retried: number;
  dead: number;
  refused: number;
  unknown: number;
  /** The longest that one waited between falling due and its start, in milliseconds. */
  waited: number;
}

const none = (): Count => ({ started: 0, completed: 0, retried: 0, dead: 0, refused: 0, unknown: 0, waited: 0 });

/** Counts by labourer what one process did, from one reading to the next. */
export class Counts {
  #byLabourer = new Map<string, Count>();

  constructor(events: Events) {
    const count = (labourer: string, name: Exclude<keyof Count, 'waited'>): void => {
      this.#of(labourer)[name] += 1;
    };
    events.on('task.started', ({ labourer, waited }) => {
      const own = this.#of(labourer);
      own.started += 1;
      own.waited = Math.max(own.waited, waited);
    });
    events.on('task.completed', ({ labourer }) => count(labourer, 'completed'));
    events.on('task.retried', ({ labourer }) => count(labourer, 'retried'));
    events.on('task.dead', ({ labourer }) => count(labourer, 'dead'));
    events.on('attempt.refused', ({ labourer }) => count(labourer, 'refused'));
    events.on('task.unknown', ({ labourer }) => count(labourer, 'unknown'));
  }

  /** The counts since it was called before. */
  take(): ReadonlyMap<string, Readonly<Count>> {
    const taken = this.#byLabourer;
    this.#byLabourer = new Map();
    return taken;
  }

  #of(labourer: string): Count {
    const own = this.#byLabourer.get(labourer) ?? none();
    this.#byLabourer.set(labourer, own);
    return own;
  }
}
