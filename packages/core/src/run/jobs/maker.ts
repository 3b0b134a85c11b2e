import type { JobEntry } from '../../decide/jobs/job-entry.ts';
import { createdAll, movedOn } from '../../decide/jobs/job-entry.ts';
import type { MadeTask } from '../../decide/jobs/make-tasks.ts';
import { taskIdsOf } from '../../decide/jobs/task-id.ts';
import type { Labourer } from '../../domain/labourer.ts';
import type { NewTask } from '../../domain/task.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Doorbell } from '../doorbell.ts';
import { type Events, taskOf } from '../events.ts';
import { inTime } from '../in-time.ts';
import { oneEach } from '../one-each.ts';
import type { Chunk } from './chunks.ts';
import type { JobBook } from './job-book.ts';
import type { PartKeeper } from './part-keeper.ts';
import type { Stop } from './stop.ts';

export interface MakerParts {
  readonly store: Pick<TaskStore, 'enqueue'>;
  readonly book: Pick<JobBook, 'update'>;
  readonly clock: Clock;
  readonly events: Events;
  readonly doorbell: Doorbell;
}

export interface ToMake {
  readonly id: string;
  readonly labourer: Labourer;
  /** As it lies in the register. */
  readonly entry: JobEntry;
  /** Absent: it is not followed. */
  readonly parts: PartKeeper | undefined;
  /** Looks at what is to be written. Absent: all was looked at before. */
  readonly check: ((chunk: Chunk) => Promise<void>) | undefined;
}

interface Flight {
  readonly chunk: Chunk;
  readonly written: Promise<readonly string[]>;
}

/** Chunks under way at once, at most: while the store writes some, the next are made. */
const AT_ONCE = 16;
/** So many are waited for then, and the next come together: a store that writes what comes together in one go does less for each. */
const WAVE = 12;
/** So many chunks are written between two looks at the register: what a crash makes the next do again, and find that it is there. */
const CHUNKS_A_LOOK = 16;

/** Writes the tasks of one job, from its place on, until all are there or it is to stop. */
export class Maker {
  readonly #parts: MakerParts;
  readonly #job: ToMake;
  readonly #idOf: (task: MadeTask) => string;
  readonly #flights: Flight[] = [];
  /** Of tasks that were written since it was last known that the job is not cancelled. */
  #recent: string[] = [];
  #entry: JobEntry;
  #place: number;
  #digest: string | undefined;
  #chunks = 0;

  constructor(parts: MakerParts, job: ToMake) {
    this.#parts = parts;
    this.#job = job;
    this.#entry = job.entry;
    this.#place = job.entry.place;
    this.#idOf = taskIdsOf(job.id);
  }

  /** Tasks that may have been written after the job was cancelled, by another: whoever stops for that cancels them. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /**
   * @param chunks from the place of the job on, or from before it
   * @returns the job as it lies there when this call has done what it can: created, cancelled, or still being created
   * @throws what the store or the source throws. What was written is known as far as it could be told
   */
  async make(chunks: Iterator<Chunk> | AsyncIterator<Chunk>, stop: Stop): Promise<JobEntry> {
    let end = false;
    try {
      while (!stop.isNow) {
        const next = await stop.or(chunks.next());
        if (next === undefined) break;
        if (next.done) {
          end = true;
          break;
        }
        if (!(await this.#take(next.value, stop))) break;
      }
    } catch (error) {
      // Of the source, or of a chunk. What was written before it is told if that can be done; the first error is the one to throw.
      for (const flight of this.#flights.splice(0)) await this.#landOne(flight).catch(() => {});
      await this.#look().catch(() => {});
      throw error;
    }
    await this.#landAll();
    if (!end || this.#isOver) return this.#look();
    return this.#finish();
  }

  get #isOver(): boolean {
    return this.#entry.created === true || this.#entry.cancelled !== undefined;
  }

  /** @returns false if there is nothing more to do */
  async #take(chunk: Chunk, stop: Stop): Promise<boolean> {
    await this.#job.check?.(chunk);
    const written = this.#write(chunk);
    written.catch(() => {}); // told where it lands
    this.#flights.push({ chunk, written });
    if (this.#flights.length >= AT_ONCE) await stop.timed(() => this.#land(WAVE));
    if (this.#chunks < CHUNKS_A_LOOK) return true;
    await this.#look();
    return !this.#isOver;
  }

  async #landAll(): Promise<void> {
    await this.#land(this.#flights.length);
  }

  /** The oldest first. One that fails stays where it is. */
  async #land(count: number): Promise<void> {
    for (const flight of this.#flights.slice(0, count)) {
      await this.#landOne(flight);
      this.#flights.shift();
    }
  }

  async #landOne({ chunk, written }: Flight): Promise<void> {
    this.#recent.push(...(await written));
    this.#chunks += 1;
    const place = chunk.from + chunk.tasks.length;
    // Not over one that failed: all tasks before the place are written, or they would never be.
    if (chunk.from > this.#place || place <= this.#place) return;
    this.#place = place;
    this.#digest = chunk.digest;
  }

  /**
   * Several may write the same chunk at once, in several processes, or again after a crash: the ids are the same, so the store keeps each task
   * once, with what follows it, which is the same as well.
   */
  async #write({ from, tasks }: Chunk): Promise<readonly string[]> {
    const { store, clock, events, doorbell } = this.#parts;
    // Another scheduler is ahead, and has said that these are written.
    if (from + tasks.length <= this.#entry.place) return [];
    const { labourer, parts } = this.#job;
    const isEnded = await parts?.open(from, tasks.length);
    const expiresAt = labourer.expireAfter === undefined ? undefined : clock.now() + labourer.expireAfter;
    const all: NewTask[] = [];
    tasks.forEach((task, n) => {
      if (isEnded?.(from + n)) return;
      all.push({
        labourer: task.labourer,
        id: this.#idOf(task),
        payload: task.payload,
        ...(labourer.priority !== undefined && { priority: labourer.priority }),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(parts && { follow: parts.followOf(from + n) }),
      });
    });
    if (all.length === 0) return [];
    const outcomes = oneEach('enqueue', all.length, await inTime(clock, 'enqueue', () => store.enqueue(all)));
    if (events.hears('task.enqueued'))
      all.forEach((task, n) => {
        if (outcomes[n] === 'created') events.emit('task.enqueued', taskOf(task));
      });
    doorbell.ring(labourer.id);
    return all.map(({ id }) => id);
  }

  /** Says how far it is, and hears how far others are, and whether the job is cancelled. */
  async #look(): Promise<JobEntry> {
    await this.#job.parts?.sealUpTo(this.#place);
    return this.#change((job) => movedOn(job, this.#mark));
  }

  /** The last part is sealed before it is written that all are there, as each part before it. */
  async #finish(): Promise<JobEntry> {
    await this.#job.parts?.sealAll(this.#place);
    return this.#change((job) => createdAll(movedOn(job, this.#mark), this.#place));
  }

  get #mark(): { readonly place: number; readonly digest?: string } {
    return { place: this.#place, ...(this.#digest !== undefined && { digest: this.#digest }) };
  }

  async #change(change: (job: JobEntry) => JobEntry): Promise<JobEntry> {
    this.#chunks = 0;
    const written = this.#recent;
    const job = await this.#parts.book.update(this.#job.id, change);
    // One that is gone was over, a week ago.
    this.#entry = job ?? { ...this.#entry, cancelled: this.#parts.clock.now() };
    // What had landed by then is found by whoever cancels later.
    if (this.#entry.cancelled === undefined) this.#recent = this.#recent.slice(written.length);
    return this.#entry;
  }
}
