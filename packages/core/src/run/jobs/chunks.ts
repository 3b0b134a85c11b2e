import type { MadeTask } from '../../decide/jobs/make-tasks.ts';

/** Some tasks of a job, one after the other, that go to the store in one call. */
export interface Chunk {
  /** The place of the first. */
  readonly from: number;
  readonly tasks: readonly MadeTask[];
  /** What a stream had been up to the end of this chunk. */
  readonly digest?: string;
}

const MOST_TASKS = 500;
/** So that long payloads, of which several chunks are under way, do not fill the memory. */
const MOST_BYTES = 1024 * 1024;

/** Gathers tasks into chunks. */
export class Cutter {
  #from: number;
  #tasks: MadeTask[] = [];
  #bytes = 0;

  constructor(from: number) {
    this.#from = from;
  }

  /** @returns true if what was gathered is to be taken before more is added */
  add(task: MadeTask): boolean {
    this.#tasks.push(task);
    this.#bytes += task.payload.length;
    return this.#tasks.length >= MOST_TASKS || this.#bytes >= MOST_BYTES;
  }

  get isEmpty(): boolean {
    return this.#tasks.length === 0;
  }

  take(): Chunk {
    const chunk = { from: this.#from, tasks: this.#tasks };
    this.#from += this.#tasks.length;
    this.#tasks = [];
    this.#bytes = 0;
    return chunk;
  }
}

/** @param from the place of the first of the tasks */
export function* chunksOf(tasks: Iterable<MadeTask>, from: number): Generator<Chunk, void, undefined> {
  const cutter = new Cutter(from);
  for (const task of tasks) if (cutter.add(task)) yield cutter.take();
  if (!cutter.isEmpty) yield cutter.take();
}
