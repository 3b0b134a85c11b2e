import { defaultTables, fromSoswConfig, type GreenfieldTables } from '@reeve/adapter-dynamodb';
import { type EpochMs, type Labourer, ReeveError } from '@reeve/core';
import { Reads } from './dynamodb/reads.ts';
import { firstRounds } from './forecast/first-rounds.ts';
import { lookAtFunctions } from './functions/look-at-functions.ts';
import { defineKnown } from './labourers/define.ts';
import { type Asked, checkOptions, type DoctorOptions, isObject } from './options.ts';
import { Notebook } from './report/finding.ts';
import type { DoctorReport, FirstRounds, LabourerRows, SettingFate } from './report/report.ts';
import { lookAtRows } from './rows/look-at-rows.ts';
import { lookAtTable } from './rows/look-at-table.ts';
import { judgeSettings, judgeShared } from './settings/judge-settings.ts';
import { fold, hasClient, merge, type Settings, withinClient } from './settings/merge.ts';
import { IN_CODE, inCode, readConfig, SHARED, type Source } from './settings/read-config.ts';
import { lookAtTables } from './tables/look-at-tables.ts';

/**
 * Looks at a running installation of sosw, and says what Reeve will make of it. Reads only, within bounds that are stated; what cannot be
 * looked at is a finding, and the rest is looked at all the same.
 * @throws ReeveError INVALID_DOCTOR
 */
export const doctor = async (options: DoctorOptions): Promise<DoctorReport> => {
  const asked = checkOptions(options);
  const { client, lambda } = options;
  const now: EpochMs = options.now ?? Date.now();
  const notes = new Notebook();
  const reads = new Reads(client);

  const stored = await within(notes, 'the config table', [], () => readConfig(reads, asked, notes));
  const sources = [...stored, ...inCode(options.settings, notes)];
  const settings: readonly SettingFate[] = judgeSettings(sources, notes);
  const { config, theirs } = orchestratorOf(sources, asked, notes);
  const known = defineKnown(config, theirs, notes);
  const tables = options.tables ?? tablesOf(config, notes);

  const clock = options.now === undefined ? Date.now : undefined;
  reads.count(await within(notes, 'the tables', 0, () => lookAtTables(client, tables, clock, notes)));
  const rows: LabourerRows[] = [];
  const rounds: FirstRounds[] = [];
  for (const each of known) {
    const counts = await within(notes, each.id, undefined, () =>
      lookAtRows(reads, each, { tables, now, sample: asked.sample, step: stepOf(config) }, notes),
    );
    if (!counts) continue;
    rows.push(counts);
    rounds.push(firstRounds(each, counts));
  }
  await within(notes, tables.tasks, undefined, () => lookAtTable(reads, tables, idsOf(known), asked.scan, notes));
  if (lambda) reads.count(await lookAtFunctions(lambda, known, notes));
  else notes.note('LAMBDA_NOT_SEEN', 'functions', "the labourers' functions were not looked at", 'give a LambdaClient as lambda');
  const { requests, readUnits } = reads;
  return { at: now, findings: notes.findings, settings, labourers: rows, firstRounds: rounds, cost: { requests, readUnits } };
};

const idsOf = (known: readonly Labourer[]): readonly string[] => known.map(({ id }) => id);

/** What fails to be looked at is said, and `otherwise` counts. */
const within = async <Answer>(notes: Notebook, where: string, otherwise: Answer, look: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await look();
  } catch (error) {
    const what = ReeveError.is(error) ? error.message : error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    notes.fail('NOT_SEEN', where, `it could not be looked at: ${what}`, 'allow the reading actions of the README, and ask again');
    return otherwise;
  }
};

/** The Orchestrator's configuration as it is merged: what all share, its own row, what code gives. As Reeve reads it, and as sosw does. */
const orchestratorOf = (
  sources: readonly Source[],
  { config }: Asked,
  notes: Notebook,
): { readonly config: Settings; readonly theirs: Settings } => {
  const own = config === false ? undefined : `${config.names.orchestrator}_config`;
  const counting = sources.filter(({ name }) => [SHARED, own, IN_CODE].includes(name));
  // Its TaskManager reads the row of its function for itself, and of all else only what is handed to it.
  const isWhole = ({ name, settings }: Source): boolean => name === own || (name === IN_CODE && !hasClient(settings));
  const seen = counting.map((each) => (isWhole(each) ? { settings: each.settings, beside: [] } : withinClient(each.settings)));
  for (const [at, { beside }] of seen.entries())
    if (beside.length > 0)
      notes.warn(
        'BESIDE_TASK_CONFIG',
        counting[at]?.name ?? '',
        `${beside.join(', ')} stand beside task_config, where sosw does not look, and Reeve does`,
        'move them into task_config if they are meant, else delete them',
      );
  for (const each of counting) if (each.name === SHARED) judgeShared(each, notes);
  return { config: joined(counting), theirs: joined(seen) };
};

const joined = (sources: readonly Pick<Source, 'settings'>[]): Settings =>
  fold(sources.reduce<Settings>((under, { settings }) => merge(under, settings), {}));

const tablesOf = (config: Settings, notes: Notebook): GreenfieldTables => {
  try {
    return fromSoswConfig(config);
  } catch (error) {
    if (!ReeveError.is(error)) throw error;
    for (const line of error.message
      .replace(/ \[[A-Z_]+\]$/, '')
      .split('\n')
      .slice(1))
      notes.fail('TABLES_CONFIG', 'task_config', line.trim(), 'mend the setting');
    return defaultTables();
  }
};

/** sosw's `greenfield_task_step`. */
const stepOf = (config: Settings): number => {
  const client = isObject(config['task_config']) ? config['task_config'] : {};
  const step = Number(client['greenfield_task_step']);
  return step > 0 ? step : 1_000;
};
