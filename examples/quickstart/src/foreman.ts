import { INSPECT, SUM_UP } from './compose.ts';
import { type Field, give } from './field.ts';
import { inspectionOf } from './labourers/sum-up.ts';
import { Progress } from './progress.ts';
import type { Line } from './record/line.ts';
import { Company, longestLease } from './remark.ts';
import type { LabourerView, Remark, View } from './show/frame.ts';
import { plural, printable, size } from './show/text.ts';

/** Watches the work, and hands out each portion to `sum-up` once all its packages have been inspected. */
export class Foreman {
  readonly #field: Field;
  readonly #began: number = performance.now();
  readonly #inspect: Progress;
  readonly #sumUp: Progress;
  readonly #company: Company;
  readonly #given = new Set<string>();
  readonly #retried = new Map<string, Set<string>>();
  #isOver = false;

  constructor(field: Field) {
    const { reeve, list, portions, journal } = field;
    this.#field = field;
    this.#inspect = new Progress(reeve, INSPECT, list.packages.length);
    this.#sumUp = new Progress(reeve, SUM_UP, portions.length);
    this.#company = new Company(journal.run, Date.now());
  }

  /** Every portion was handed out, and nothing is left open. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many tasks have ended so far. */
  get ended(): number {
    return [this.#inspect, this.#sumUp].reduce((sum, { done, dead }) => sum + done + dead, 0);
  }

  /** Since the start, in milliseconds. */
  get elapsed(): number {
    return performance.now() - this.#began;
  }

  /** One look at the store and the journal, whoever did the work. */
  async look(): Promise<void> {
    const { reeve, portions, journal } = this.#field;
    const allGiven = this.#given.size === portions.length;
    const [inspect, sumUp] = await reeve.census([INSPECT, SUM_UP]);
    if (inspect) await this.#inspect.look(inspect);
    if (sumUp) await this.#sumUp.look(sumUp);
    this.#read(journal.readNew());
    this.#isOver = allGiven && this.#inspect.isIdle && this.#sumUp.isIdle;
    await this.#givePortions();
  }

  /** @param remark instead of what holds it up, or what came out last */
  async view(remark?: Remark): Promise<View> {
    return {
      elapsed: this.elapsed,
      labourers: [this.#viewOf(this.#inspect), this.#viewOf(this.#sumUp)],
      remark: remark ?? (await this.#holdUp()) ?? { text: this.#latest(), tone: 'faint' },
    };
  }

  /**
   * A crash between the last result of a portion and this call loses nothing: the next run looks at the same portions. A package
   * that is neither open nor ended is lost, and is not waited for.
   */
  async #givePortions(): Promise<void> {
    const { reeve, portions, journal } = this.#field;
    const isSettled = (id: string): boolean => this.#inspect.hasEnded(id) || this.#inspect.isIdle;
    const ready = portions.filter(({ id, packages }) => !this.#given.has(id) && packages.every(isSettled));
    if (ready.length === 0) return;
    await give(
      reeve,
      journal,
      SUM_UP,
      ready.map(({ id, packages }) => ({ id, payload: { packages } })),
    );
    for (const { id } of ready) this.#given.add(id);
  }

  #read(lines: readonly Line[]): void {
    this.#company.read(lines);
    for (const line of lines) {
      if (line.kind !== 'started' || line.attempt === 1) continue;
      const retried = this.#retried.get(line.labourer) ?? new Set();
      this.#retried.set(line.labourer, retried.add(line.id));
    }
  }

  async #holdUp(): Promise<Remark | undefined> {
    const { reeve, observer } = this.#field;
    const running = this.#inspect.running + this.#sumUp.running;
    const now = Date.now();
    const longest = observer.live === 0 && running > 0 ? await longestLease(reeve, now) : 0;
    const text = this.#company.remark({ running, live: observer.live, longest }, now);
    return text === undefined ? undefined : { text, tone: 'warning' };
  }

  #latest(): string {
    const task = this.#inspect.latest;
    const inspection = inspectionOf(task);
    if (!task || !inspection) return '';
    const { licence, files, lines, bytes } = inspection;
    return `${printable(task.id)}  ${licence}, ${plural(files, 'file')}, ${plural(lines, 'line')}, ${size(bytes)}`;
  }

  #viewOf({ labourer, cap, total, queued, running, done, dead }: Progress): LabourerView {
    return { labourer, cap, total, queued, running, done, dead, retried: this.#retried.get(labourer)?.size ?? 0 };
  }
}
