import { labourersFromSosw } from '@reeve/adapter-dynamodb';
import { defineLabourers, Health, type Labourer, type LabourerDefinition, type LabourerDefinitions, ReeveError } from '@reeve/core';
import { isObject } from '../options.ts';
import type { Notebook } from '../report/finding.ts';
import type { Settings } from '../settings/merge.ts';
import { capAt } from './cap-at.ts';

/**
 * The labourers that can be defined, each by itself: what is wrong with one says nothing about the others.
 * @param config as Reeve reads it
 * @param theirs as sosw reads it
 */
export const defineKnown = (config: Settings, theirs: Settings, notes: Notebook): readonly Labourer[] => {
  const client = isObject(theirs['task_config']) ? theirs['task_config'] : {};
  const known = Object.entries(read(config, notes)).flatMap(([id, definition]): readonly Labourer[] => {
    const labourer = define(id, definition, notes);
    if (!labourer) return [];
    judge(labourer, notes);
    judgeCap(labourer, client, notes);
    return [labourer];
  });
  if (known.length === 0)
    notes.warn(
      'NO_LABOURERS',
      'labourers',
      'no labourer is configured, so nobody starts anything',
      'name the rows or give the settings that have them',
    );
  return known;
};

const read = (config: Settings, notes: Notebook): LabourerDefinitions => {
  try {
    return labourersFromSosw(config);
  } catch (error) {
    sayProblems(error, 'labourers', notes);
    return {};
  }
};

/** One whose metrics are wrong has rows all the same, so it is looked at without them. */
const define = (id: string, definition: LabourerDefinition, notes: Notebook): Labourer | undefined => {
  try {
    const [labourer] = defineLabourers({ [id]: definition });
    const follows = labourer?.health.metrics?.length ?? 0;
    if (follows > 0)
      notes.note(
        'HEALTH_METRICS',
        id,
        `its cap follows ${follows} of health_metrics, so a composition without cloudwatchEcology() is refused`,
        'give cloudwatchEcology() to use; @reeve/lambda has it',
      );
    return labourer;
  } catch (error) {
    sayProblems(error, id, notes);
    return withoutMetrics(id, definition);
  }
};

const withoutMetrics = (id: string, { health, ...others }: LabourerDefinition): Labourer | undefined => {
  const { metrics, ...rest } = health ?? {};
  if (metrics === undefined) return undefined;
  try {
    return defineLabourers({ [id]: { ...others, health: rest } })[0];
  } catch (error) {
    if (ReeveError.is(error)) return undefined; // it was told already
    throw error;
  }
};

const sayProblems = (error: unknown, where: string, notes: Notebook): void => {
  if (!ReeveError.is(error)) throw error;
  // The first line is a headline, and the code stands behind the last.
  const lines = error.message
    .replace(/ \[[A-Z_]+\]$/, '')
    .split('\n')
    .slice(1);
  for (const line of lines.length > 0 ? lines : [error.message])
    notes.fail('LABOURER_INVALID', where, line.trim(), 'mend the setting; sosw may have taken it, or never looked at it');
};

const judge = (labourer: Labourer, notes: Notebook): void => {
  const { id, cap, health, lease, maxAttempts } = labourer;
  const length = (lease.duration + lease.cooldown) / 1_000;
  const shares = (['Good', 'Moderate', 'Poor', 'Bad'] as const).map((each) => `${each} ${capAt(labourer, Health[each])}`);
  notes.ok(
    'LABOURER',
    id,
    `at most ${capAt(labourer, Health.High)} at once (${shares.join(', ')}), ${maxAttempts} attempts, a lease of ${length} s`,
  );
  const never = (['High', 'Good', 'Moderate', 'Poor'] as const).filter((each) => {
    const share = health.coefficients[Health[each]];
    return share > 0 && Math.floor(cap * share) === 0;
  });
  if (never.length > 0)
    notes.note(
      'CAP_AT_LEAST_ONE',
      id,
      `at ${never.join(' and ')} health sosw starts nothing with a cap of ${cap}, and Reeve one at a time`,
    );
  if (length !== SOSW_LEASE)
    notes.note(
      'LEASE_DIFFERS',
      id,
      `a lease of Reeve lasts ${length} s, one of sosw ${SOSW_LEASE} s, whatever it is told` +
        (length > SOSW_LEASE ? '; sosw does not count what Reeve runs for longer than that' : ''),
      'while both work on it, leave out duration and cooldown',
    );
};

/** A cap that stands where sosw does not look; a labourer that does is not known to sosw at all. */
const judgeCap = ({ id, cap }: Labourer, client: Settings, notes: Notebook): void => {
  const own = isObject(client['labourers']) ? client['labourers'][id] : undefined;
  if (!isObject(own)) return;
  const theirs = Number(own['max_simultaneous_invocations'] || client['max_simultaneous_invocations'] || SOSW_CAP);
  if (theirs !== cap)
    notes.warn(
      'CAP_DIFFERS',
      id,
      `sosw runs ${theirs} at once and Reeve ${cap}: max_simultaneous_invocations stands beside task_config, where sosw does not look`,
      `write max_simultaneous_invocations: ${theirs} into task_config.labourers.${id}, or what you want`,
    );
};

/** Its TaskManager's `max_simultaneous_invocations`. The Orchestrator's `default_simultaneous_invocations` is read by nobody there. */
const SOSW_CAP = 1;
/** Its `duration` and `cooldown`, in seconds, which cannot be configured. */
const SOSW_LEASE = 1_200;
