import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { LicenceTotal } from './labourers/totals.ts';
import type { Finding } from './record/audit.ts';
import { codeOf, Refusal } from './refusal.ts';

/** What came out, in numbers that are counted from the store and the journal when the run ends. */
export interface Report {
  /** Of all labourers. */
  readonly tasks: number;
  readonly completed: number;
  readonly dead: number;
  /** Given to the store, and unknown to it. */
  readonly lost: number;
  /** Worked on again after their end had been reported. */
  readonly doubled: number;
  readonly labourers: Readonly<Record<string, LabourerReport>>;
  /** What this process took. */
  readonly seconds: number;
  /** False: it was stopped before the end. */
  readonly finished: boolean;
  readonly licences: readonly LicenceTotal[];
  /** Which tasks are dead, and of what. */
  readonly deaths: readonly Death[];
}

export interface Death {
  readonly labourer: string;
  readonly id: string;
  readonly error: string;
}

export interface LabourerReport {
  readonly cap: number;
  /** The most handlers alive at one instant, over all processes of the data folder. */
  readonly peak: number;
  /** The median wait from a task's due time to its start, in milliseconds; null if none has started. */
  readonly p50WaitMs: number | null;
  readonly tasks: number;
  readonly completed: number;
  readonly dead: number;
  /** Tasks that took more than one attempt. */
  readonly retried: number;
}

export interface Outcome {
  readonly labourer: string;
  readonly cap: number;
  readonly total: number;
  readonly finding: Finding;
}

export interface Ending {
  readonly outcomes: readonly Outcome[];
  readonly licences: readonly LicenceTotal[];
  readonly deaths: readonly Death[];
  readonly elapsed: number;
  readonly finished: boolean;
}

export const reportOf = ({ outcomes, licences, deaths, elapsed, finished }: Ending): Report => {
  const sum = (number: (outcome: Outcome) => number): number => outcomes.reduce((total, each) => total + number(each), 0);
  return {
    tasks: sum(({ total }) => total),
    completed: sum(({ finding }) => finding.completed),
    dead: sum(({ finding }) => finding.dead),
    lost: sum(({ finding }) => finding.lost),
    doubled: sum(({ finding }) => finding.doubled),
    labourers: Object.fromEntries(outcomes.map((each) => [each.labourer, labourerReportOf(each)])),
    seconds: Math.round(elapsed / 10) / 100,
    finished,
    licences,
    deaths,
  };
};

const labourerReportOf = ({ cap, total, finding }: Outcome): LabourerReport => {
  const { peak, p50Wait = null, completed, dead, retried } = finding;
  return { cap, peak, p50WaitMs: p50Wait, tasks: total, completed, dead, retried };
};

/** Every task was completed, and none was lost or done twice. */
export const isGood = ({ tasks, completed, lost, doubled, finished }: Report): boolean =>
  finished && completed === tasks && lost === 0 && doubled === 0;

/**
 * Looks before the work whether the report can be written after it.
 * @returns the whole path
 * @throws Refusal
 */
export const checkReportFile = (file: string): string => {
  const path = resolve(file);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw new Refusal(`--report: ${path} is a folder; give a file`);
    accessSync(stats ? path : dirname(path), constants.W_OK);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why = codeOf(error) === 'ENOENT' ? 'its folder is not there' : `it cannot be written (${codeOf(error) ?? 'unknown'})`;
    throw new Refusal(`--report: ${path}: ${why}; give a file in a folder that can be written`);
  }
  return path;
};

export const writeReport = (path: string, report: Report): void => writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
