import { type Clock, configFault, DAY, type Millis, type Problem, SECOND } from '@reeve/core';
import type { SqliteClient } from './connection/client.ts';

interface Common {
  /** How long ended tasks are kept, so that a known id is a duplicate. In milliseconds; default 7 days. */
  readonly keepEnded?: Millis;
  /**
   * `FULL` (default) has each answered write on the disk, so that it survives the loss of power. `NORMAL` leaves the last
   * writes to the operating system: they survive the end of the process only, and each write costs no flush.
   */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** The longest that one try may block this process while another one writes, in milliseconds. Default 2, at most 1,000. */
  readonly busyTimeout?: Millis;
  /** How long a call keeps trying, without blocking, before it throws STORE_BUSY. In milliseconds; default 10,000. */
  readonly patience?: Millis;
}

/** Exactly one of `file` and `database`. */
export type SqliteModuleOptions = Common &
  (
    | {
        /** The path of the file; it is made if it is missing, its folder is not. ":memory:" keeps the tasks in memory. */
        readonly file: string;
        readonly database?: never;
      }
    | {
        /** A client of your own, such as one with an encryption key. It is set to WAL mode, and never closed. */
        readonly database: SqliteClient;
        readonly file?: never;
      }
  );

export type SqliteStoreOptions = SqliteModuleOptions & {
  /** Where instants come from, and what retries wait on. Default `systemClock`. */
  readonly clock?: Clock;
};

export interface Settings {
  readonly keepEnded: Millis;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly busyTimeout: Millis;
  readonly patience: Millis;
}

const DEFAULTS: Settings = { keepEnded: 7 * DAY, synchronous: 'FULL', busyTimeout: 2, patience: 10 * SECOND };

const NAMES = ['file', 'database', 'clock', 'keepEnded', 'synchronous', 'busyTimeout', 'patience'];

/** A longer block would hold up heartbeats and everything else this process does. */
const LONGEST_BLOCK: Millis = SECOND;

/** @throws ReeveError INVALID_SQLITE_STORE that lists all that is wrong */
export const settingsOf = (options: SqliteStoreOptions): Settings => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `sqliteStore.${name}`, problem });
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  }
  const { file, database }: { readonly file?: unknown; readonly database?: unknown } = options;
  if (file !== undefined && database !== undefined) say('file', 'is given beside a database; leave one of them out');
  else if (database === undefined) {
    if (typeof file !== 'string' || file === '') say('file', 'is missing; give the path of a file, such as "tasks.db", or ":memory:"');
    else if (/^[a-z]{2,}:/i.test(file)) say('file', 'is a URL; give the path of a file on this machine');
  }
  for (const name of ['keepEnded', 'busyTimeout', 'patience'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 0))
      say(name, `must be a whole number of milliseconds, 0 or more, not ${shown(value)}`);
  }
  if ((options.busyTimeout ?? 0) > LONGEST_BLOCK) say('busyTimeout', `must be at most ${LONGEST_BLOCK}; to wait longer, set patience`);
  const { synchronous = DEFAULTS.synchronous } = options;
  if (synchronous !== 'FULL' && synchronous !== 'NORMAL') say('synchronous', 'must be "FULL" or "NORMAL"');
  if (problems.length > 0) throw configFault(problems, 'The SQLite store cannot work:', 'INVALID_SQLITE_STORE');
  return {
    keepEnded: options.keepEnded ?? DEFAULTS.keepEnded,
    synchronous,
    busyTimeout: options.busyTimeout ?? DEFAULTS.busyTimeout,
    patience: options.patience ?? DEFAULTS.patience,
  };
};

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : `a ${typeof value}`);
