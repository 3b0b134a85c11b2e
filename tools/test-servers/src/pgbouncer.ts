/** PgBouncer for tests, before a Postgres, in transaction mode: the one on PATH, else Debian's package. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { debianProgram, type Program, starts } from './debian-program.ts';
import { freePort, startProgram, type TestServer } from './process.ts';

export interface StartPgBouncerOptions {
  /** Of the database behind it: "postgres://user:password@127.0.0.1:5432/app". */
  readonly url: string;
  /** For one that is started again at its old address. */
  readonly port?: number;
  /** The most connections to the server. Default 20. */
  readonly connections?: number;
}

const PACKAGES = ['pgbouncer', 'libevent-2.1-7', 'libc-ares2'];
/** Present almost everywhere. */
const RARER = ['libsystemd0', 'libssl3', 'libpam0g'];
/** It refuses to run as root; as root it is run as nobody. */
const NOBODY = '65534:65534';

const program = async (): Promise<Program> =>
  (await starts({ name: 'pgbouncer', command: 'pgbouncer', env: {} })) ??
  debianProgram({ cache: 'reeve-pgbouncer', program: 'usr/sbin/pgbouncer', packages: PACKAGES, rarer: RARER });

/**
 * @returns its address, as a URL of the same database and user
 * @throws if there is none and none can be fetched
 */
export const startPgBouncer = async ({ url, port: own, connections = 20 }: StartPgBouncerOptions): Promise<TestServer> => {
  const { name, command, env } = await program();
  const folder = mkdtempSync(join(tmpdir(), 'reeve-pgbouncer-'));
  chmodSync(folder, 0o755);
  const { hostname, port, pathname, username, password } = new URL(url);
  const file = (listen: number): string => {
    const path = join(folder, 'pgbouncer.ini');
    writeFileSync(
      path,
      [
        '[databases]',
        `* = host=${hostname} port=${port} dbname=${basename(pathname)} user=${username} password=${password}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${listen}`,
        'unix_socket_dir =',
        'auth_type = any',
        'pool_mode = transaction',
        `default_pool_size = ${connections}`,
        'max_client_conn = 500',
        'server_login_retry = 1',
        'ignore_startup_parameters = extra_float_digits',
      ].join('\n'),
    );
    return path;
  };
  const isRoot = process.getuid?.() === 0;
  try {
    const server = await startProgram(
      {
        name,
        // Where only root may look, nobody cannot run it.
        command: isRoot ? copied(command, folder) : command,
        args: (free) => [file(free)],
        env: { ...env, ...(isRoot && { ...libraries(env, folder), REEVE_GUARD_USER: NOBODY }) },
        listening: /process up|listening on/,
        answers: takesConnections,
        patience: 20_000,
      },
      own === undefined ? freePort : async () => own,
    );
    const through = new URL(url);
    through.port = new URL(server.url).port;
    return {
      ...server,
      name,
      url: through.href,
      stop: async () => {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

const copied = (command: string, folder: string): string => {
  if (!command.includes('/')) return command;
  const copy = join(folder, 'pgbouncer');
  copyFileSync(command, copy);
  chmodSync(copy, 0o755);
  return copy;
};

const libraries = ({ LD_LIBRARY_PATH: path }: Readonly<Record<string, string>>, folder: string): { readonly LD_LIBRARY_PATH?: string } => {
  if (path === undefined) return {};
  const copies = path
    .split(':')
    .filter((each) => existsSync(each))
    .map((each, n) => {
      const copy = join(folder, `lib${n}`);
      cpSync(each, copy, { recursive: true, force: true, dereference: true });
      return copy;
    });
  return { LD_LIBRARY_PATH: copies.join(':') };
};

const takesConnections = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
