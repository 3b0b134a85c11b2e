/** Prometheus for tests: the one on PATH, else Debian's package, on a free port, with its data in a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram, type Program, starts } from './debian-program.ts';
import { startProgram, type TestServer } from './process.ts';

export interface StartPrometheusOptions {
  /** For the server, after its own: `['--query.timeout=1s']`. */
  readonly args?: readonly string[];
}

const program = async (): Promise<Program> => {
  const onPath = await starts({ name: 'prometheus', command: 'prometheus', env: {} });
  if (onPath) return onPath;
  try {
    return await debianProgram({
      cache: 'reeve-prometheus',
      program: 'usr/bin/prometheus',
      packages: ['prometheus'],
      rarer: [],
      // As large as the server, and of no use here.
      without: ['usr/bin/promtool', 'usr/share'],
    });
  } catch (error) {
    throw new Error(
      "No Prometheus for the tests: there is none on PATH, and Debian's package could not be fetched " +
        `(${error instanceof Error ? error.message : String(error)}). Install prometheus 2.33 or later.`,
      { cause: error },
    );
  }
};

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
};

/**
 * A Prometheus that scrapes nobody and takes what is written to it (`/api/v1/write`).
 * @throws if there is none; the message says what would mend it
 */
export const startPrometheus = async ({ args = [] }: StartPrometheusOptions = {}): Promise<TestServer> => {
  const { name, command, env } = await program();
  const folder = mkdtempSync(join(tmpdir(), 'reeve-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'scrape_configs: []\n');
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await startProgram({
      name,
      command,
      env,
      args: (port) => [
        `--config.file=${config}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.enable-remote-write-receiver',
        ...args,
      ],
      listening: /ready to receive web requests/,
      answers,
      patience: 30_000,
    });
    return {
      ...server,
      stop: async () => {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
};
