/** Programs of Debian's packages, unpacked beside the dependencies, with no change to the system. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface DebianProgram {
  /** The name of its folder among the caches. */
  readonly cache: string;
  /** Where it lies in its package: "usr/bin/redis-server". */
  readonly program: string;
  readonly packages: readonly string[];
  /** Present almost everywhere; fetched only where the program does not start without them. */
  readonly rarer: readonly string[];
  /** What of the packages is not kept. */
  readonly without?: readonly string[];
}

const run = promisify(execFile);

// The same place from src/ and from dist/.
const CACHES = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));

/** @returns the program if it can be run here */
export const starts = async (program: Program): Promise<Program | undefined> => {
  try {
    await run(program.command, ['--version'], { env: { ...process.env, ...program.env } });
    return program;
  } catch {
    return undefined;
  }
};

const unpacked = (folder: string, program: string): Promise<Program | undefined> => {
  const lib = join(folder, 'usr/lib');
  const machines = existsSync(lib) ? readdirSync(lib).map((each) => join(lib, each)) : [];
  const path = [...machines, ...machines.map((each) => each.replace('/usr/lib/', '/lib/')), process.env['LD_LIBRARY_PATH'] ?? ''];
  const env = { LD_LIBRARY_PATH: path.filter((each) => each !== '').join(':') };
  return starts({ name: basename(program), command: join(folder, program), env });
};

/**
 * What is kept from before, or else is fetched now.
 * @throws Error that says what went wrong
 */
export const debianProgram = async ({ cache, program, packages, rarer, without = [] }: DebianProgram): Promise<Program> => {
  const place = join(CACHES, cache);
  const kept = await unpacked(place, program);
  if (kept) return kept;
  mkdirSync(CACHES, { recursive: true });
  // Into a folder of its own and then to its place in one step: of test processes that start together each finds all or nothing.
  const folder = mkdtempSync(`${place}-`);
  try {
    await unpack(folder, packages);
    for (const each of without) rmSync(join(folder, each), { recursive: true, force: true });
    if (!(await unpacked(folder, program))) await unpack(folder, rarer);
    if (!(await unpacked(folder, program))) throw new Error('what was unpacked does not start');
    rmSync(place, { recursive: true, force: true });
    renameSync(folder, place);
  } catch (error) {
    const other = await unpacked(place, program);
    if (other) return other;
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    throw new Error((stderr || message).trim().slice(-300), { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return (await unpacked(place, program))!;
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
