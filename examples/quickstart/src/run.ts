import { setTimeout as wait } from 'node:timers/promises';
import { SECOND } from '@reeve/core';
import { conclude } from './conclude.ts';
import { closeField, type Field, givePackages, openField } from './field.ts';
import { Foreman } from './foreman.ts';
import type { Options } from './options.ts';
import { checkReportFile, isGood, type Report, writeReport } from './report.ts';
import type { Screen } from './show/screen.ts';
import { summary } from './show/summary.ts';
import { farewell, headline } from './show/words.ts';
import { type DataFolder, openDataFolder, removeDataFolder } from './work/data-folder.ts';

/** Between two looks at the work, in milliseconds. */
const LOOK_EVERY = 125;

/**
 * The whole of `npm start`.
 * @param stop aborts when somebody wants it to end before its end
 * @returns whether every task was completed, and none lost or done twice
 * @throws Refusal, and the ReeveErrors of the store
 */
export const run = async (options: Options, screen: Screen, stop: AbortSignal): Promise<boolean> => {
  const reportFile = options.report === undefined ? undefined : checkReportFile(options.report);
  const folder = openDataFolder(options.data);
  const field = await openField(folder, options).catch((error: unknown) => {
    if (folder.isOwn) removeDataFolder(folder);
    throw error;
  });
  let report: Report;
  try {
    report = await work(field, folder, options, screen, stop);
  } finally {
    await closeField(field);
  }
  screen.print(summary(report, screen.width));
  if (reportFile !== undefined) writeReport(reportFile, report);
  screen.print(farewell(report, folder, options, reportFile));
  if (folder.isOwn && report.finished) removeDataFolder(folder);
  return isGood(report);
};

/** Serves until every task has ended or somebody stops it. Where all was done before, there is nothing to serve. */
const work = async (field: Field, folder: DataFolder, { latency }: Options, screen: Screen, stop: AbortSignal): Promise<Report> => {
  const { list } = field;
  const foreman = new Foreman(field);
  await givePackages(field);
  await foreman.look();
  await foreman.look(); // now that the portions of an earlier run are known
  const { ended: endedBefore, isOver } = foreman;
  screen.print(headline({ packages: list.packages.length, nodeModules: list.nodeModules, folder, latency, endedBefore, isOver }));
  if (!isOver) await serve(field, foreman, screen, stop);
  return conclude(folder, field, foreman.elapsed, foreman.isOver);
};

const serve = async ({ reeve }: Field, foreman: Foreman, screen: Screen, stop: AbortSignal): Promise<void> => {
  const over = new AbortController();
  // Looks at the store more often than a daemon would: a place that another process leaves, or a lease that runs out, is seen at once.
  const service = reeve.run({ signal: over.signal, pollEvery: 200, sweepEvery: SECOND / 2, drain: 5 * SECOND, grace: SECOND });
  try {
    while (!foreman.isOver && !stop.aborted) {
      screen.show(await foreman.view());
      await wait(LOOK_EVERY, undefined, { signal: stop }).catch(() => {}); // an abort ends the wait, and then the loop
      await foreman.look();
    }
    if (stop.aborted) screen.show(await foreman.view({ text: 'stopping: what is under way is finished first', tone: 'warning' }));
  } finally {
    over.abort();
    await service;
  }
  await foreman.look();
  screen.settle(await foreman.view(foreman.isOver ? { text: 'every task has ended', tone: 'good' } : { text: 'stopped', tone: 'warning' }));
};
