import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reeve } from '@reeve/core';
import { compose, INSPECT } from './compose.ts';
import type { Options } from './options.ts';
import { Journal } from './record/journal.ts';
import { Observer } from './record/observe.ts';
import { Refusal } from './refusal.ts';
import type { DataFolder } from './work/data-folder.ts';
import { chooseNodeModules, findPackages } from './work/find-packages.ts';
import { type Portion, portionsOf } from './work/portions.ts';
import { keepWorkList, readWorkList, type WorkList } from './work/work-list.ts';

/** All that a run works with, open. */
export interface Field {
  readonly list: WorkList;
  readonly portions: readonly Portion[];
  readonly journal: Journal;
  readonly observer: Observer;
  readonly reeve: Reeve;
}

/**
 * Decides what is to be done, or reads what was decided by an earlier run, and opens store and journal.
 * @throws Refusal, and the ReeveErrors of the store
 */
export const openField = async (folder: DataFolder, options: Options): Promise<Field> => {
  const list = decideWork(folder, options.packages);
  const journal = new Journal(folder.journal);
  const observer = new Observer(journal);
  const reeve = compose({ file: folder.tasks, latency: options.latency, around: observer.around });
  observer.listen(reeve);
  await reeve.start();
  return { list, portions: portionsOf(list.packages), journal, observer, reeve };
};

const decideWork = (folder: DataFolder, named: string | undefined): WorkList => {
  const kept = readWorkList(folder.workList);
  if (kept) {
    const asked = named === undefined ? kept.nodeModules : chooseNodeModules(named, '.');
    if (asked === kept.nodeModules) return kept;
    throw new Refusal(
      `--packages: ${folder.path} was begun with ${kept.nodeModules}; leave --packages out, or give another folder with --data`,
    );
  }
  const nodeModules = chooseNodeModules(named, dirname(fileURLToPath(import.meta.url)));
  const packages = findPackages(nodeModules);
  if (packages.length === 0) throw new Refusal(`--packages: there are no packages in ${nodeModules}; give a node_modules folder`);
  const list = { nodeModules, packages };
  keepWorkList(folder.workList, list);
  return list;
};

/** Ids make it safe to give everything again after a crash: what the store knows is a duplicate, and stays as it is. */
export const givePackages = async ({ reeve, journal, list }: Field): Promise<void> => {
  await give(
    reeve,
    journal,
    INSPECT,
    list.packages.map(({ id, folder }) => ({ id, payload: { folder } })),
  );
};

/** Queues tasks, and writes down which of them were new to the store. */
export const give = async (
  reeve: Reeve,
  journal: Journal,
  labourer: string,
  items: readonly { readonly id: string; readonly payload: unknown }[],
): Promise<void> => {
  for (const { id, outcome } of await reeve.enqueueMany(labourer, items)) {
    if (outcome === 'created') journal.write(labourer, id, { kind: 'given' });
  }
};

export const closeField = async ({ reeve, journal }: Field): Promise<void> => {
  await reeve.close();
  journal.close();
};
