import { countsOf, type Outcome } from '../run.ts';

const SHOWN = 10;

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/** For people to read. */
export const summaryOf = ({ store, about, options, took, finish, processes, kills, episodes, hits, findings }: Outcome): string => {
  const { problems, attempts, overlaps, redone, recovery, samples, faults } = findings;
  const slowest = [...recovery.recoveries].sort((a, b) => b.took - a.took)[0];
  const reasons: Record<string, number> = {};
  for (const each of overlaps) for (const reason of Object.keys(each.reasons)) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return [
    `${store}: ${about}`,
    `  ${options.tasks} tasks, ${attempts} attempts, ${(options.length / 1_000).toFixed(0)} s of faults, ${took.toFixed(0)} s in all, seed ${options.seed}`,
    `  faults: ${listed(episodes)}; ${kills} processes killed, ${processes} in all`,
    `  bytes met: ${listed(hits)}`,
    `  calls failed: ${listed(faults)}`,
    `  begun again: ${redone.afterKill} after a kill, ${redone.afterDone} done and not heard of in time, ${redone.afterFailure} failed or stopped`,
    `  leases counted by the store: ${samples.count} samples, the most ${listed(samples.most)}`,
    `  overlaps of handlers: ${overlaps.length}, by reason: ${listed(reasons)}`,
    `  recovery: ${slowest ? `slowest ${Math.round(slowest.took)} ms after ${slowest.fault}, of ${recovery.recoveries.length}` : 'no outage to judge'}` +
      `${recovery.unjudged > 0 ? ` (${recovery.unjudged} not judged: the machine stood still)` : ''}; ` +
      `after a kill ${Math.round(recovery.afterKills.middle)} ms in the middle, ${Math.round(recovery.afterKills.longest)} ms at most, of ${recovery.afterKills.count}`,
    `  after the last fault ${finish === undefined ? 'not all was done in time' : `all was done in ${finish.toFixed(1)} s`}`,
    problems.length === 0
      ? '  nothing lost, nothing doubled, never over the cap, no process dead by itself'
      : `  PROBLEMS: ${listed(countsOf(problems.map(({ rule }) => rule)))}`,
    ...problems.slice(0, SHOWN).map(({ rule, text }) => `    ${rule}: ${text}`),
    ...(problems.length > SHOWN ? [`    and ${problems.length - SHOWN} more`] : []),
  ].join('\n');
};
