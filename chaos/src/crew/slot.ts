import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { instant } from '../history/line.ts';
import type { ProcessConfig } from './config.ts';

/** A process that has come to its end. Its lines are in its file. */
export interface Ended {
  readonly name: string;
  readonly log: string;
  readonly killedAt?: number;
  readonly goneAt: number;
  readonly ownEnd?: string;
  readonly paused: readonly { readonly from: number; readonly to: number }[];
}

export interface SlotOptions {
  /** "worker-2": its processes are "worker-2.1", "worker-2.2" and so on. */
  readonly name: string;
  /** The module that it runs, beside this one. */
  readonly script: 'worker.js' | 'hand.js' | 'producer.js';
  /** What its next process is told. */
  readonly config: (name: string) => ProcessConfig;
  readonly onEnd: (ended: Ended) => void;
}

const KEPT_COMPLAINTS = 2_000;

/** A place for one process at a time: one that was killed is followed by another. */
export class Slot {
  readonly #options: SlotOptions;
  #generation = 0;
  #child: ChildProcess | undefined;
  #killedAt: number | undefined;
  #paused: { from: number; to: number }[] = [];
  #isPaused = false;
  /** Told to end by itself. */
  #told = false;
  #gone: Promise<void> = Promise.resolve();

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** False from the kill of one process to the start of the next, and after an end of its own. */
  get isAlive(): boolean {
    return this.#child !== undefined && this.#killedAt === undefined;
  }

  start(): void {
    const { name: slot, script, config, onEnd } = this.#options;
    this.#generation += 1;
    const name = `${slot}.${this.#generation}`;
    const told = config(name);
    const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(told)], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    let complaints = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-KEPT_COMPLAINTS);
    });
    child.stdin?.on('error', () => {});
    this.#child = child;
    this.#killedAt = undefined;
    this.#paused = [];
    this.#told = false;
    this.#gone = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        const killed = this.#killedAt;
        // Told before it was ready to hear it: then the signal ends it.
        const endedAsTold = this.#told && (code === 0 || signal === 'SIGTERM');
        const isFine = killed !== undefined || endedAsTold || (code === 0 && script === 'producer.js');
        const how = signal === null ? `it ended by itself with ${code}` : `it was ended by ${signal}, and not by us`;
        const problem = isFine ? (complaints === '' ? undefined : `it complained`) : how;
        this.#child = undefined;
        this.#isPaused = false;
        onEnd({
          name,
          log: told.log,
          goneAt: instant(),
          paused: this.#paused,
          ...(killed !== undefined && { killedAt: killed }),
          ...(problem !== undefined && { ownEnd: `${problem}: ${complaints.trim()}` }),
        });
        resolve();
      });
    });
  }

  /** kill -9, and another takes its place. */
  async kill(): Promise<void> {
    if (!this.#child || this.#killedAt !== undefined) return;
    this.#killedAt = instant();
    this.#child.kill('SIGKILL');
    await this.#gone;
    this.start();
  }

  pause(): void {
    if (!this.#child || this.#isPaused) return;
    this.#isPaused = true;
    this.#paused.push({ from: instant(), to: Number.POSITIVE_INFINITY });
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    if (!this.#child || !this.#isPaused) return;
    this.#child.kill('SIGCONT');
    const last = this.#paused.at(-1);
    if (last) last.to = instant();
    this.#isPaused = false;
  }

  /** Asks it to end by itself. If it does not in time it is killed, and that is a bad end of its own. */
  async end(within: number): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#told = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGABRT'), within);
    await this.#gone;
    clearTimeout(timer);
  }

  /** Without waiting, for when we end ourselves. */
  drop(): void {
    this.#child?.kill('SIGKILL');
  }
}
