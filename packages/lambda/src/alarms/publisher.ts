import { type Clock, type EpochMs, type Events, type Lifecycle, type Millis, SECOND, type TaskReader } from '@reeve/core';
import { loadSdk } from '../aws/sdk.ts';
import { describeError, type Logger } from '../logs/logger.ts';
import { inLanes } from '../reports/in-lanes.ts';
import type { Flushable } from '../setup/flushable.ts';
import { batchesOf, type DeadTask, type Entry, entriesOf, MOST_TASKS } from './messages.ts';

/** As much of `SNS` of @aws-sdk/client-sns as is used. */
export interface SnsClient {
  publishBatch(
    input: { TopicArn: string; PublishBatchRequestEntries: Entry[] },
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{
    readonly Failed?:
      | readonly { readonly Id?: string | undefined; readonly Code?: string | undefined; readonly SenderFault?: boolean | undefined }[]
      | undefined;
  }>;
}

export interface PublisherParts {
  readonly topicArn: string;
  readonly client: SnsClient | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly events: Events;
  /** Where payloads are read. Absent: they are not told. */
  readonly reader?: TaskReader | undefined;
}

const EVERY: Millis = SECOND;
/** What is kept while the topic cannot be reached; what comes beyond is only logged. */
const MOST_KEPT = 10_000;
/** Payloads that are read at once. */
const LANES = 10;
/** How often a message is tried. */
const MOST_TRIES = 5;
/** How long a round, and the end, waits for SNS. */
const PATIENCE: Millis = 5 * SECOND;

/**
 * Gathers dead tasks and publishes them in rounds, one at a time and at most one a second. Events are heard within the call that gave the verdict, so
 * all that is done there is to keep what was heard.
 */
export class Publisher implements Lifecycle, Flushable {
  readonly #parts: PublisherParts;
  readonly #off: () => void;
  readonly #closed = new AbortController();
  #client: SnsClient | undefined;
  #kept: DeadTask[] = [];
  #again: Entry[] = [];
  readonly #tries = new WeakMap<Entry, number>();
  #unheard = 0;
  #round: Promise<void> | undefined;
  #isWaiting = false;
  #nextAt: EpochMs = 0;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#client = parts.client;
    this.#off = parts.events.on('task.dead', ({ labourer, id, error }) => this.#hear({ labourer, id, error, at: parts.clock.now() }));
  }

  /**
   * Sends all that was heard so far, however soon after the round before: the process may be frozen, or end, right after. Waits no longer than the
   * signal allows, whatever the client does with it.
   */
  async flush(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const ended = new AbortController();
    const patienceOver = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true, signal: ended.signal });
    });
    await Promise.race([this.#sendRest(signal), patienceOver]);
    ended.abort();
  }

  async close(): Promise<void> {
    this.#off();
    await this.flush(AbortSignal.timeout(PATIENCE));
    this.#closed.abort();
  }

  async #sendRest(signal: AbortSignal): Promise<void> {
    await this.#round;
    if (this.#hasSome && !signal.aborted) await this.#send(signal);
  }

  get #hasSome(): boolean {
    return this.#kept.length + this.#again.length > 0;
  }

  #hear(task: DeadTask): void {
    if (this.#kept.length >= MOST_KEPT) this.#unheard += 1;
    else this.#kept.push(task);
    void this.#wait();
  }

  /** One waits at a time, and takes along what others hear meanwhile. */
  async #wait(): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const { clock } = this.#parts;
    // Also for the first: tasks die together.
    await clock.sleep(Math.max(EVERY, this.#nextAt - clock.now()), this.#closed.signal);
    this.#isWaiting = false;
    if (!this.#closed.signal.aborted && this.#hasSome) await this.#send(AbortSignal.timeout(PATIENCE));
    if (this.#hasSome && !this.#closed.signal.aborted) void this.#wait();
  }

  /** Rounds are one after another, so that a slow topic is not asked ever more. Never throws. */
  #send(signal: AbortSignal): Promise<void> {
    const round = (this.#round ?? Promise.resolve()).then(() => this.#sendAll(signal));
    this.#round = round;
    return round;
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    const { logger, clock } = this.#parts;
    const kept = await this.#withPayloads(this.#kept.splice(0));
    const entries = [...this.#again.splice(0), ...entriesOf(kept, this.#parts.topicArn)];
    if (this.#unheard > 0)
      logger.error('alarm.lost', { tasks: this.#unheard, why: `more than ${MOST_KEPT} died while none could be told` });
    this.#unheard = 0;
    for (const batch of batchesOf(entries)) await this.#publish(batch, signal);
    this.#nextAt = clock.now() + EVERY;
  }

  /** Of as many as one message names. What cannot be read is told without. */
  async #withPayloads(tasks: readonly DeadTask[]): Promise<readonly DeadTask[]> {
    const { reader } = this.#parts;
    if (!reader) return tasks;
    const found = await inLanes(tasks.slice(0, MOST_TASKS), LANES, (task) => reader.find(task));
    return tasks.map((task, n) => {
      const one = found[n];
      return one?.status === 'fulfilled' && one.value ? { ...task, payload: one.value.payload } : task;
    });
  }

  async #publish(batch: readonly Entry[], signal: AbortSignal): Promise<void> {
    try {
      this.#client ??= await ownClient(this.#parts.topicArn);
      const numbered = batch.map((entry, n) => ({ ...entry, Id: String(n) }));
      const { Failed: failed = [] } = await this.#client.publishBatch(
        { TopicArn: this.#parts.topicArn, PublishBatchRequestEntries: numbered },
        { abortSignal: signal },
      );
      for (const { Id, Code: code = 'unknown', SenderFault } of failed) {
        const entry = batch[Number(Id)];
        if (entry) this.#failed(entry, code, SenderFault === true);
      }
    } catch (error) {
      const { error: why } = describeError(error);
      for (const entry of batch) this.#failed(entry, why, false);
    }
  }

  #failed(entry: Entry, why: string, isFinal: boolean): void {
    const tries = (this.#tries.get(entry) ?? 0) + 1;
    this.#tries.set(entry, tries);
    const isLost = isFinal || tries >= MOST_TRIES;
    this.#parts.logger[isLost ? 'error' : 'warn'](isLost ? 'alarm.lost' : 'alarm.failed', { subject: entry.Subject, tries, why });
    if (!isLost) this.#again.push(entry);
  }
}

const ownClient = async (topicArn: string): Promise<SnsClient> => {
  const { SNS } = await loadSdk<{ readonly SNS: new (config: object) => SnsClient }>('@aws-sdk/client-sns', 'deadTasksToSns');
  return new SNS({ region: topicArn.split(':')[3] });
};
