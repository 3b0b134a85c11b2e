import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Millis } from '@reeve/core';
import type { ProcessHistory } from '../history/history.ts';
import { readLines } from '../history/line.ts';
import type { StoreConfig } from '../stores.ts';
import type { HandConfig, ProducerConfig, WorkerConfig } from './config.ts';
import { type Ended, Slot } from './slot.ts';

export interface CrewOptions {
  readonly folder: string;
  readonly store: StoreConfig;
  readonly lease: Millis;
  readonly workers: number;
  /** The ports of processes that only work. */
  readonly hands: readonly number[];
  readonly tasks: number;
  /** Tasks in a call, and the pause between two calls. */
  readonly batch: number;
  readonly every: Millis;
}

/** The processes of a run: some that orchestrate and work, some that only work, and one that enqueues. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #ended: Ended[] = [];
  readonly workers: readonly Slot[];
  readonly producer: Slot;
  /** Everything up to here was enqueued, by processes that have ended. */
  #enqueued = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    const { folder, store, lease } = options;
    const common = (name: string) => ({ store, lease, log: join(folder, `${name}.log`) });
    const { hands } = options;
    const onEnd = (ended: Ended): void => void this.#ended.push(ended);
    const worker = (name: string): WorkerConfig => ({ ...common(name), hands });
    this.workers = [
      ...Array.from(
        { length: options.workers },
        (_, n) => new Slot({ name: `worker-${n + 1}`, script: 'worker.js', config: worker, onEnd }),
      ),
      ...hands.map((port, n) => {
        const config = (name: string): HandConfig => ({ ...common(name), port });
        return new Slot({ name: `hand-${n + 1}`, script: 'hand.js', config, onEnd });
      }),
    ];
    this.producer = new Slot({
      name: 'producer',
      script: 'producer.js',
      config: (name): ProducerConfig => ({
        ...common(name),
        from: this.#enqueued,
        to: options.tasks,
        batch: options.batch,
        every: options.every,
      }),
      onEnd: (ended) => {
        this.#ended.push(ended);
        for (const line of linesOf(ended))
          if (line.kind === 'enqueued') this.#enqueued = Math.max(this.#enqueued, line.from + line.answers.length);
      },
    });
  }

  start(): void {
    this.producer.start();
    for (const each of this.workers) each.start();
  }

  /** Whether everything was enqueued. */
  get hasEnqueued(): boolean {
    return this.#enqueued >= this.#options.tasks;
  }

  get ended(): number {
    return this.#ended.length;
  }

  async end(): Promise<readonly ProcessHistory[]> {
    const patience = 3 * this.#options.lease + 5_000;
    await Promise.all([this.producer, ...this.workers].map((each) => each.end(patience)));
    return this.#ended.map((each) => ({ ...each, lines: linesOf(each) }));
  }

  drop(): void {
    for (const each of [this.producer, ...this.workers]) each.drop();
  }
}

/** One that was killed before it could open its file has written nothing. */
const linesOf = ({ log }: Ended) => (existsSync(log) ? readLines(log) : []);
