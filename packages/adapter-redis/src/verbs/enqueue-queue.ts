import type { NewTask } from '@reeve/core';
import { checkTasks } from './check-tasks.ts';
import { type Enqueued, enqueue } from './enqueue.ts';
import { groupBy, type Parts } from './parts.ts';

/** Tasks of one script: it keeps everybody waiting while it runs, some 2 ms for these. */
const PAGE_TASKS = 500;
/** And characters of payload. */
const PAGE_LENGTH = 4 * 1024 * 1024;

/** One call: its answers so far. */
interface Call {
  readonly words: Enqueued[];
  open: number;
  readonly answer: (words: readonly Enqueued[]) => void;
  readonly fail: (error: unknown) => void;
}

interface Asked {
  readonly task: NewTask;
  readonly call: Call;
  /** Its place among the call's answers. */
  readonly place: number;
}

/**
 * Calls that are made in one turn of the event loop share round trips: fifty enqueues under way at once cost one script and not
 * fifty. Each call's tasks are checked before they join, so nobody fails for what another asked.
 */
export class EnqueueQueue {
  readonly #parts: Parts;
  readonly #last = new Map<string, Promise<void>>();
  #asked: Asked[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED: nothing was written */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly Enqueued[]> {
    checkTasks(tasks);
    if (tasks.length === 0) return [];
    return new Promise((answer, fail) => {
      const call: Call = { words: Array<Enqueued>(tasks.length).fill('duplicate'), open: 0, answer, fail };
      const seen = new Set<string>();
      for (const [place, task] of tasks.entries()) {
        if (seen.has(task.id)) continue; // the second of two in a call is a duplicate, whoever it is for
        seen.add(task.id);
        this.#ask({ task, call, place });
      }
    });
  }

  #ask(asked: Asked): void {
    asked.call.open += 1;
    this.#asked.push(asked);
    if (this.#asked.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (const [labourer, own] of groupBy(asked, ({ task }) => task.labourer)) {
      for (const page of pagesOf(own)) void this.#send(labourer, page);
    }
  }

  async #send(labourer: string, page: readonly Asked[]): Promise<void> {
    const turn = this.#turn(labourer, () =>
      enqueue(
        this.#parts,
        labourer,
        page.map(({ task }) => task),
      ),
    );
    try {
      const words = await turn;
      for (const [n, { call, place }] of page.entries()) {
        call.words[place] = words[n]!;
        call.open -= 1;
        if (call.open === 0) call.answer(call.words);
      }
    } catch (error) {
      for (const { call } of page) call.fail(error);
    }
  }

  /** On one server calls arrive in the order in which they are sent. With several each takes two steps, and waits for the one before. */
  #turn<T>(labourer: string, run: () => Promise<T>): Promise<T> {
    if (!this.#parts.scripts.spread) return run();
    const before = this.#last.get(labourer) ?? Promise.resolve();
    const mine = before.then(run);
    const done = mine.then(
      () => {},
      () => {},
    );
    this.#last.set(labourer, done);
    void done.then(() => {
      if (this.#last.get(labourer) === done) this.#last.delete(labourer);
    });
    return mine;
  }
}

const pagesOf = (asked: readonly Asked[]): readonly (readonly Asked[])[] => {
  const pages: Asked[][] = [];
  let length = 0;
  for (const each of asked) {
    const page = pages.at(-1);
    const own = each.task.payload.length + (each.task.follow?.length ?? 0);
    length += own;
    if (page && page.length < PAGE_TASKS && length <= PAGE_LENGTH) page.push(each);
    else {
      pages.push([each]);
      length = own;
    }
  }
  return pages;
};
