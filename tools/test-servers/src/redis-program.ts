/** Where a Redis for the tests comes from: PATH, else Debian's package unpacked beside the dependencies, with no change to the system. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface RedisProgram {
  /** For the titles of tests: "redis-server". */
  readonly name: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

const run = promisify(execFile);

// The same place from src/ and from dist/.
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/reeve-redis', import.meta.url));

const PACKAGES = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'liblua5.1-0', 'lua-cjson', 'lua-bitop', 'libatomic1'];
/** Present almost everywhere; fetched only where the program does not start without them. */
const RARER = ['libsystemd0', 'libssl3', 'libcap2', 'libgcrypt20', 'liblz4-1', 'liblzma5', 'libzstd1', 'libgpg-error0'];

/**
 * Every program of the kind that there is, `redis-server` first. Debian's package is fetched where PATH has none.
 * @throws if there is none and none can be fetched; the message says what would mend it
 */
export const redisPrograms = async (): Promise<readonly RedisProgram[]> => {
  const onPath = await Promise.all(['redis-server', 'valkey-server'].map((command) => started({ name: command, command, env: {} })));
  const found = onPath.filter((each): each is RedisProgram => each !== undefined);
  return found.length > 0 ? found : [await fetched()];
};

const started = async (program: RedisProgram): Promise<RedisProgram | undefined> => {
  try {
    await run(program.command, ['--version'], { env: { ...process.env, ...program.env } });
    return program;
  } catch {
    return undefined;
  }
};

const unpacked = (folder: string): Promise<RedisProgram | undefined> => {
  const lib = join(folder, 'usr/lib');
  const machines = existsSync(lib) ? readdirSync(lib).map((each) => join(lib, each)) : [];
  const path = [...machines, ...machines.map((each) => each.replace('/usr/lib/', '/lib/')), process.env['LD_LIBRARY_PATH'] ?? ''];
  const env = { LD_LIBRARY_PATH: path.filter((each) => each !== '').join(':') };
  return started({ name: 'redis-server', command: join(folder, 'usr/bin/redis-server'), env });
};

const fetched = async (): Promise<RedisProgram> => {
  const kept = await unpacked(CACHE);
  if (kept) return kept;
  mkdirSync(join(CACHE, '..'), { recursive: true });
  // Into a folder of its own and then to its place in one step: of test processes that start together each finds all or nothing.
  const folder = mkdtempSync(`${CACHE}-`);
  try {
    await unpack(folder, PACKAGES);
    if (!(await unpacked(folder))) await unpack(folder, RARER);
    if (!(await unpacked(folder))) throw new Error('what was unpacked does not start');
    rmSync(CACHE, { recursive: true, force: true });
    renameSync(folder, CACHE);
  } catch (error) {
    const other = await unpacked(CACHE);
    if (other) return other;
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    throw new Error(
      "No Redis for the tests: there is neither redis-server nor valkey-server on PATH, and Debian's package could not be fetched " +
        `(${(stderr || message).trim().slice(-300)}). Install Redis 6.2 or later, or Valkey, or set REEVE_TEST_REDIS_URL to a server that may be filled and emptied.`,
      { cause: error },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return (await unpacked(CACHE))!;
};

const unpack = async (folder: string, packages: readonly string[]): Promise<void> => {
  try {
    await run('apt-get', ['download', ...packages], { cwd: folder });
  } catch {
    // Lists of packages that are missing or too old are fetched too, into the same folder.
    const own = ['-o', `Dir::State::Lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/apt`, '-o', 'APT::Sandbox::User=root'];
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    mkdirSync(join(folder, 'apt/archives/partial'), { recursive: true });
    await run('apt-get', [...own, 'update'], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
    await run('apt-get', [...own, 'download', ...packages], { cwd: folder });
    for (const each of ['lists', 'apt']) rmSync(join(folder, each), { recursive: true, force: true });
  }
  for (const file of readdirSync(folder).filter((each) => each.endsWith('.deb'))) {
    await run('dpkg', ['-x', file, '.'], { cwd: folder });
    rmSync(join(folder, file));
  }
};
