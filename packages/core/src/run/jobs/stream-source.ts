import { createHash } from 'node:crypto';
import { encodeJson } from '../../decide/encode-json.ts';
import { dayIn } from '../../decide/jobs/days.ts';
import type { JobEntry } from '../../decide/jobs/job-entry.ts';
import { refusal } from '../../decide/jobs/job-fault.ts';
import { checkSize, limitsOf } from '../../decide/jobs/limits.ts';
import { daysOf } from '../../decide/jobs/periods.ts';
import { canonicalPayload } from '../../decide/jobs/task-id.ts';
import { derivedId } from '../../decide/read-follow.ts';
import type { Day, JobLimits, JobRules } from '../../domain/job.ts';
import { type Chunk, Cutter } from './chunks.ts';
import type { JobForm } from './job-builder.ts';
import type { Source } from './source.ts';
import { streamTasks } from './stream-tasks.ts';

/**
 * A job from data that is read one value after the other. What was read, and is not there any more, cannot be looked at again: so the
 * register has a digest of all tasks up to the place of the job, and of the first ones. Whoever goes on reads anew from the beginning, passes
 * over what is written, and holds what was read against the digest. A stream that is another by then is refused: to go on with it at
 * the place of the first would lose tasks or make them twice.
 */
export class StreamSource implements Source {
  readonly id: string;
  readonly labourer: string;
  readonly isWhole = false;
  readonly #form: JobForm;
  readonly #rules: JobRules;
  readonly #limits: Required<JobLimits>;
  /** What is being read, and what was read of it to begin with. */
  #reading: AsyncGenerator<Chunk, void, undefined> | undefined;
  #first: Chunk | undefined;

  /** @throws ReeveError INVALID_JOB */
  constructor(form: JobForm, rules: JobRules, run: string) {
    this.#form = form;
    this.#rules = rules;
    this.#limits = limitsOf(rules);
    this.#daysAt(rules.now);
    this.id = derivedId('job', canonicalForm(form, this.#limits), run);
    this.labourer = form.labourer;
    const { maxTasks } = this.#limits;
    const total = this.#total;
    if (total !== undefined && total > maxTasks) checkSize(total, 0, this.#limits);
  }

  /** Reads the first tasks, and keeps them until they are asked for. */
  async begin(): Promise<Pick<JobEntry, 'fingerprint' | 'head' | 'total'>> {
    this.#reading = this.#chunks(this.#rules.now, new Set());
    const first = await this.#reading.next();
    this.#first = first.done ? undefined : first.value;
    const digest = this.#first?.digest ?? '';
    const total = this.#total;
    return { fingerprint: '', head: { place: endOf(this.#first), digest }, ...(total !== undefined && { total }) };
  }

  /** It can be read but once. */
  all(): Iterable<Chunk> {
    return [];
  }

  async *chunksFor(job: JobEntry): AsyncGenerator<Chunk, void, undefined> {
    const { now, place, fingerprint, head } = job;
    this.#reading ??= this.#chunks(now, new Set([place, head?.place ?? 0]));
    const first = this.#first;
    this.#first = undefined;
    let at = 0;
    const look = (chunk: Chunk): boolean => {
      at = endOf(chunk);
      if (at === head?.place && chunk.digest !== head.digest) throw another(job);
      if (at === place && chunk.digest !== fingerprint) throw another(job);
      // One that begins before the place and ends after it was cut otherwise than by whoever wrote up to there.
      if (chunk.from < place && at > place) throw another(job);
      return at > place;
    };
    if (first && look(first)) yield first;
    for await (const chunk of this.#reading) if (look(chunk)) yield chunk;
    if (at < place) throw another(job);
  }

  async verify(job: JobEntry): Promise<void> {
    const { now, head, total } = job;
    if (!head) return;
    const reading = this.#chunks(now, new Set([head.place]));
    const first = await reading.next();
    await reading.return(undefined);
    const chunk = first.done ? undefined : first.value;
    if (endOf(chunk) !== head.place || (chunk?.digest ?? '') !== head.digest) throw another({ ...job, place: total ?? job.place });
  }

  /** Lets go of what it reads, as soon as that answers. */
  close(): void {
    this.#reading?.return(undefined).catch(() => {});
  }

  /** @param cuts places at which a chunk ends, whatever it has */
  async *#chunks(now: number, cuts: ReadonlySet<number>): AsyncGenerator<Chunk, void, undefined> {
    const { maxDepth, maxPayloadBytes, maxTasks } = this.#limits;
    const hash = createHash('sha256');
    const cutter = new Cutter(0);
    // Given to the hash a chunk at a time: each call of it costs as much as the making of a task.
    let unhashed = '';
    const take = (): Chunk => {
      hash.update(unhashed);
      unhashed = '';
      return { ...cutter.take(), digest: hash.copy().digest('base64url') };
    };
    let count = 0;
    for await (const some of streamTasks(this.#form, { days: this.#daysAt(now), maxDepth, maxPayloadBytes })) {
      for (const task of some) {
        count += 1;
        if (count > maxTasks)
          throw refusal('job', `makes more than the ${maxTasks} tasks allowed; chunk it in larger batches, or raise limits.maxTasks`);
        // A character is at most three bytes, so most need not be measured.
        if (task.payload.length * 3 > maxPayloadBytes) checkSize(count, Buffer.byteLength(task.payload), this.#limits);
        unhashed += `${task.payload}\n`;
        const isFull = cutter.add(task);
        if (isFull || cuts.has(count)) yield take();
      }
    }
    if (!cutter.isEmpty) yield take();
  }

  /** Known where all levels are arrays. */
  get #total(): number | undefined {
    const { levels, size } = this.#form;
    let total = this.#daysAt(this.#rules.now).length;
    for (const [n, { values }] of levels.entries()) {
      if (!Array.isArray(values)) return undefined;
      total *= n === levels.length - 1 ? Math.ceil(values.length / size) : values.length;
    }
    return total;
  }

  #daysAt(now: number): readonly (readonly Day[] | undefined)[] {
    const { period, isolate } = this.#form;
    if (period === undefined) return [undefined];
    const { timeZone = 'UTC', periods = {} } = this.#rules;
    const days = daysOf(period, dayIn(now, timeZone), periods);
    return isolate ? days.map((day) => [day]) : [days];
  }
}

const endOf = (chunk: Chunk | undefined): number => (chunk ? chunk.from + chunk.tasks.length : 0);

/** What a builder says of itself: not the values, which nobody has as a whole. */
const canonicalForm = (
  { labourer, levels, size, period, isolate, members }: JobForm,
  { maxDepth, maxPayloadBytes }: Required<JobLimits>,
): string => {
  const text = canonicalPayload(encodeJson(members, { what: 'job.with', maxBytes: maxPayloadBytes, maxDepth }));
  return JSON.stringify(['stream', labourer, levels.map(({ name }) => name), size, period ?? null, isolate, text]);
};

const another = ({ run, place }: JobEntry): Error =>
  refusal(
    'job',
    `is another stream than run ${JSON.stringify(run)} was begun with, or was read before: its tasks up to ${place} are not those that are there; give what is read as a function, the same data, or another run`,
  );
