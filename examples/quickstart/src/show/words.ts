import { HICCUP_IN } from '../labourers/storage.ts';
import type { Options } from '../options.ts';
import type { Report } from '../report.ts';
import type { DataFolder } from '../work/data-folder.ts';
import { piece, type Row } from './paint.ts';
import { plural, quoted, span } from './text.ts';

export interface Start {
  readonly packages: number;
  readonly nodeModules: string;
  readonly folder: DataFolder;
  readonly latency: number;
  /** Tasks that had ended when this process came. */
  readonly endedBefore: number;
  /** Nothing is left to do. */
  readonly isOver: boolean;
}

/** What it is about to do, what of it is real, and how it goes on after a crash. */
export const headline = ({ packages, nodeModules, folder, latency, endedBefore, isOver }: Start): readonly Row[] => {
  const title: Row = [piece('  Reeve inspects '), piece(plural(packages, 'package'), 'strong'), piece(`, each one a task: ${nodeModules}`)];
  if (isOver) return [[], title, faint(`All of it was done by an earlier run. This is what came out, once more from ${folder.path}`)];
  return [
    [],
    title,
    ...(endedBefore > 0 ? [[piece(`  It goes on where an earlier run was: ${plural(endedBefore, 'task')} had ended`)]] : []),
    faint(`Simulated: a storage that takes ${span(latency)}, and fails one task in ${HICCUP_IN} at first`),
    faint(`Stopped or killed? Go on with: ${resumption(folder)}`),
    [],
  ];
};

/** What is left to be said. */
export const farewell = (report: Report, folder: DataFolder, { exit }: Options, reportFile: string | undefined): readonly Row[] => [
  ...(reportFile === undefined ? [] : [faint(`The report is in ${reportFile}`)]),
  ...(report.finished ? [] : [[piece('  Stopped. It goes on with: '), piece(resumption(folder), 'strong')]]),
  ...(report.finished && exit ? [faint('Every task has ended, and so does this (--exit)')] : []),
  [],
];

const faint = (text: string): Row => [piece(`  ${text}`, 'faint')];

const resumption = ({ path }: DataFolder): string => `npm start -- --data ${quoted(path)}`;
