import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { WorkerReport } from './tally.ts';

const SCRIPT = fileURLToPath(new URL('worker.js', import.meta.url));
/** How long a worker may take to end by itself, in milliseconds; some poll on while they close. */
const PATIENCE = 2_000;

type Of<Kind extends FromWorker['kind']> = Extract<FromWorker, { readonly kind: Kind }>;

/** The worker processes of one run. */
export class Crew {
  readonly #children: readonly ChildProcess[];
  #handled: number[] = [];
  #listener: (message: FromWorker) => void = () => {};

  /** Resolves when all of them are loaded and connected. */
  static async start(asked: Case, processes: number): Promise<Crew> {
    const crew = new Crew(Array.from({ length: processes }, () => fork(SCRIPT, [JSON.stringify(asked)], { serialization: 'advanced' })));
    await crew.#all('ready');
    return crew;
  }

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
    for (const [n, child] of children.entries()) {
      child.on('message', (message: FromWorker) => {
        if (message.kind === 'handled') this.#handled[n] = message.handled;
        this.#listener(message);
      });
    }
  }

  /** How many tasks all of them together have handled, as last heard. */
  get handled(): number {
    return this.#handled.reduce((sum, each) => sum + (each ?? 0), 0);
  }

  /** What comes from any of them, from now on. */
  listen(listener: (message: FromWorker) => void): void {
    this.#listener = listener;
  }

  tell(message: ToWorker): void {
    for (const child of this.#children) child.send(message);
  }

  /** Tells all, and resolves when all are at work. */
  async go(): Promise<void> {
    const going = this.#all('going');
    this.tell('go');
    await going;
  }

  /** Whether so many tasks were handled before so many milliseconds were over. */
  handles(tasks: number, limit: number): Promise<boolean> {
    return new Promise((resolve) => {
      const over = setTimeout(() => resolve(false), limit);
      this.listen(() => {
        if (this.handled < tasks) return;
        clearTimeout(over);
        resolve(true);
      });
    });
  }

  async reports(): Promise<readonly WorkerReport[]> {
    const reports = this.#all('report');
    this.tell('report');
    return (await reports).map(({ report }) => report);
  }

  async close(): Promise<void> {
    const gone = Promise.all(this.#children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
    this.tell('close');
    await Promise.race([gone, sleep(PATIENCE)]);
    for (const child of this.#children) child.kill('SIGKILL');
    await gone;
  }

  /** The next message of a kind from each of them. */
  #all<Kind extends FromWorker['kind']>(kind: Kind): Promise<readonly Of<Kind>[]> {
    const next = (child: ChildProcess): Promise<Of<Kind>> =>
      new Promise((resolve, reject) => {
        const hear = (message: FromWorker): void => {
          if (message.kind !== kind) return;
          child.off('message', hear).off('exit', fail);
          resolve(message as Of<Kind>);
        };
        const fail = (code: number | null): void => reject(new Error(`a worker process ended with ${code}`));
        child.on('message', hear).once('exit', fail);
      });
    return Promise.all(this.#children.map(next));
  }
}
