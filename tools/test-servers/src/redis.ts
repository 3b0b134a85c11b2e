/** Redis for tests: an address from the environment, else a server of our own on a free port, with its data in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram, type TestServer } from './process.ts';
import { askRedis } from './redis-ask.ts';
import { type RedisProgram, redisPrograms } from './redis-program.ts';

export interface StartRedisOptions {
  /** Where the address comes from; default the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default the first of `redisPrograms()`. */
  readonly program?: RedisProgram;
  /** For the server, after its own: `['--maxmemory', '5mb']`. With any, a server of its own is started whatever the environment says. */
  readonly args?: readonly string[];
  /** Where it keeps its data, for a server that is started again on them. Default: a folder that is gone after `stop`. */
  readonly folder?: string;
  /** For a server that is started again at its old address. */
  readonly port?: number;
}

/** Any answer will do, also one that asks for a password. */
const answers = async (url: string): Promise<boolean> => {
  try {
    return /^[+-](PONG|NOAUTH|NOPERM|DENIED)/.test(await askRedis(Number(new URL(url).port), ['PING']));
  } catch {
    return false;
  }
};

/**
 * A Redis to test against: `REEVE_TEST_REDIS_URL` where that is set (and then `stop` leaves it alone), else one of our own that
 * writes nothing to its disk.
 * @throws if there is none; the message says what would mend it
 */
export const startRedis = async ({ env = process.env, program, args = [], folder, port }: StartRedisOptions = {}): Promise<TestServer> => {
  const url = env['REEVE_TEST_REDIS_URL'];
  const isPlain = args.length === 0 && folder === undefined && port === undefined && program === undefined;
  if (url && isPlain) return { url: url.replace(/\/+$/, ''), name: 'REEVE_TEST_REDIS_URL', stop: async () => {} };
  const { name, command, env: own } = program ?? (await redisPrograms())[0]!;
  const data = folder ?? mkdtempSync(join(tmpdir(), 'reeve-redis-'));
  const remove = (): void => {
    if (folder === undefined) rmSync(data, { recursive: true, force: true });
  };
  try {
    const server = await startProgram(
      {
        name,
        command,
        env: own,
        cwd: data,
        args: (free) => [
          ...['--port', String(free), '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'no', '--daemonize', 'no'],
          ...args,
        ],
        listening: /Ready to accept connections/,
        answers,
        patience: 20_000,
      },
      port === undefined ? smallPort : async () => port,
    );
    const stop = async (): Promise<void> => {
      await server.stop();
      remove();
    };
    return { ...server, url: server.url.replace('http:', 'redis:'), name, stop };
  } catch (error) {
    remove();
    throw error;
  }
};

/** A Cluster talks to itself on a port that is 10,000 above: there has to be one. */
const smallPort = async (): Promise<number> => {
  for (;;) {
    const port = await freePort();
    if (port <= 55_000) return port;
  }
};

/** One kind of server that a suite can run against. */
export interface RedisChoice {
  /** For the titles of tests: "redis-server". */
  readonly name: string;
  readonly start: () => Promise<TestServer>;
}

/**
 * Every kind of server there is here: `describe.each(await redisServers())('on $name', ({ start }) => ...)`. With
 * `REEVE_TEST_REDIS_URL` it is that one alone.
 * @throws if there is none; the message says what would mend it
 */
export const redisServers = async ({ env = process.env }: Pick<StartRedisOptions, 'env'> = {}): Promise<readonly RedisChoice[]> => {
  if (env['REEVE_TEST_REDIS_URL']) return [{ name: 'REEVE_TEST_REDIS_URL', start: () => startRedis({ env }) }];
  return (await redisPrograms()).map((program) => ({ name: program.name, start: () => startRedis({ env, program }) }));
};
