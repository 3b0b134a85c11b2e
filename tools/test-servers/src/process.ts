/** Starting a server program on a free port, and being sure that it ends. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface TestServer {
  /** Base address without a trailing slash: "http://127.0.0.1:41234". */
  readonly url: string;
  /** For people: "dynoxide". */
  readonly name: string;
  /** Ends the server; resolves when its process is gone. May be called twice. */
  stop(): Promise<void>;
  /** Stops all its processes where they stand (SIGSTOP): connections stay open, and nobody answers. Absent for a server that is not ours. */
  readonly freeze?: () => void;
  /** Lets them go on. */
  readonly thaw?: () => void;
}

export interface ServerProgram {
  readonly name: string;
  readonly command: string;
  readonly args: (port: number) => readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it prints once the port is its own. Absent: it prints nothing of the kind. */
  readonly listening?: RegExp;
  /** Resolves to true once the server answers on `url`. */
  readonly answers: (url: string) => Promise<boolean>;
  /** How long it may take to answer. */
  readonly patience: number;
}

const TRIES = 5;
const KEPT_OUTPUT = 4_000;
// The same place from src/ and from dist/.
const guard = fileURLToPath(new URL('../guard.mjs', import.meta.url));

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A port that was free a moment ago. Another process may take it before the server does: see `startProgram`. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port to be had'))));
    });
  });

/**
 * Starts a program that cannot choose a free port by itself. Somebody else may take the port between our look and the
 * server's start: the server then ends at once, and we try another. Nobody else's server is taken for ours: ours must be alive when
 * it answers, and must have said that it listens where it says so.
 */
export const startProgram = async (program: ServerProgram, ports: () => Promise<number> = freePort): Promise<TestServer> => {
  let last = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = await ports();
    const url = `http://127.0.0.1:${port}`;
    const running = launch(program, port);
    if (await ready(program, url, running))
      return { url, name: program.name, stop: running.stop, freeze: () => running.tell('freeze'), thaw: () => running.tell('thaw') };
    await running.stop();
    last = running.output();
    if (!running.endedByItself()) break; // it lives and does not answer: another port would not help
  }
  throw new Error(`${program.name} did not start. ${last === '' ? 'It printed nothing.' : `It printed:\n${last}`}`);
};

interface Running {
  readonly alive: () => boolean;
  readonly endedByItself: () => boolean;
  readonly output: () => string;
  readonly stop: () => Promise<void>;
  readonly tell: (line: 'freeze' | 'thaw') => void;
}

const launch = ({ command, args, cwd, env }: ServerProgram, port: number): Running => {
  const child: Child = spawn(process.execPath, [guard, command, ...args(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
  });
  let output = '';
  let stopping = false;
  let gone = false;
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      gone = true;
      resolve();
    });
    child.once('error', (error) => {
      output += error.message;
      gone = true;
      resolve();
    });
  });
  let early = false;
  void ended.then(() => {
    early = !stopping;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  }
  child.stdin.on('error', () => {}); // it is only ever closed; a guard that is gone already is no news
  // A caller that forgets `stop` can still end: its end closes the pipe.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?: () => void }).unref?.();
  return {
    alive: () => !gone,
    endedByItself: () => early,
    output: () => output.trim(),
    tell: (line) => void child.stdin.write(`${line}\n`),
    stop: async () => {
      stopping ||= !gone;
      child.ref();
      for (const stream of [child.stdout, child.stderr]) (stream as { ref?: () => void }).ref?.();
      child.stdin.end();
      await ended;
    },
  };
};

const ready = async ({ listening, answers, patience }: ServerProgram, url: string, { alive, output }: Running): Promise<boolean> => {
  const until = Date.now() + patience;
  while (alive() && Date.now() < until) {
    if ((!listening || listening.test(output())) && (await answers(url)) && alive()) return true;
    await sleep(10);
  }
  return false;
};
