/** Where a Redis for the tests comes from: PATH, else Debian's package unpacked beside the dependencies, with no change to the system. */
import { debianProgram, type Program, starts } from './debian-program.ts';

/** Its name is for the titles of tests: "redis-server". */
export type RedisProgram = Program;

const PACKAGES = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'liblua5.1-0', 'lua-cjson', 'lua-bitop', 'libatomic1'];
/** Present almost everywhere; fetched only where the program does not start without them. */
const RARER = ['libsystemd0', 'libssl3', 'libcap2', 'libgcrypt20', 'liblz4-1', 'liblzma5', 'libzstd1', 'libgpg-error0'];

/**
 * Every program of the kind that there is, `redis-server` first. Debian's package is fetched where PATH has none.
 * @throws if there is none and none can be fetched; the message says what would mend it
 */
export const redisPrograms = async (): Promise<readonly RedisProgram[]> => {
  const onPath = await Promise.all(['redis-server', 'valkey-server'].map((command) => starts({ name: command, command, env: {} })));
  const found = onPath.filter((each): each is RedisProgram => each !== undefined);
  return found.length > 0 ? found : [await fetched()];
};

const fetched = async (): Promise<RedisProgram> => {
  try {
    return await debianProgram({ cache: 'reeve-redis', program: 'usr/bin/redis-server', packages: PACKAGES, rarer: RARER });
  } catch (error) {
    throw new Error(
      "No Redis for the tests: there is neither redis-server nor valkey-server on PATH, and Debian's package could not be fetched " +
        `(${error instanceof Error ? error.message : String(error)}). Install Redis 6.2 or later, or Valkey, or set REEVE_TEST_REDIS_URL to a server that may be filled and emptied.`,
      { cause: error },
    );
  }
};
