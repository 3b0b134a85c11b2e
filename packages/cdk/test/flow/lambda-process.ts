import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

interface Reply {
  readonly n?: number;
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** One function of the template in a process of its own: its code, its environment, its memory, and nothing of ours. */
export class LambdaProcess {
  readonly name: string;
  readonly log: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  private constructor(name: string, code: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#child = fork(fileURLToPath(new URL('runtime.mjs', import.meta.url)), {
      cwd: code.replace(/\/[^/]*$/, ''),
      env: { ...env, REEVE_TEST_CODE: code },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk) => this.log.push(String(chunk)));
    this.#child.on('message', (reply: Reply) => this.#waiting.get(reply.n ?? -1)?.(reply));
    this.#child.on('exit', () => {
      for (const answer of this.#waiting.values()) answer({ error: { name: 'Runtime.ExitError', message: this.log.join('') } });
    });
  }

  static async start(name: string, code: string, env: Readonly<Record<string, string>>): Promise<LambdaProcess> {
    const started = new LambdaProcess(name, code, env);
    const [said] = await Promise.race([once(started.#child, 'message'), once(started.#child, 'exit')]);
    if (typeof said !== 'object') throw new Error(`${name} did not start:\n${started.log.join('').slice(-2_000)}`);
    return started;
  }

  /** As Lambda does with one container: one event at a time. */
  invoke(event: unknown, context: object, remaining: number): Promise<unknown> {
    const answered = this.#last.then(() => this.#send(event, context, remaining));
    this.#last = answered.catch(() => {});
    return answered;
  }

  async #send(event: unknown, context: object, remaining: number): Promise<unknown> {
    this.#count += 1;
    const n = this.#count;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(n, resolve);
      this.#child.send({ n, event, context, remaining });
    });
    this.#waiting.delete(n);
    if (reply.error) throw Object.assign(new Error(reply.error.message), { name: reply.error.name });
    return reply.answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const over = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await over;
  }
}
