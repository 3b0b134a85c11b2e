import type { Line } from './line.ts';

/** The middle of some numbers; of an even count, the mean of the two in the middle. */
export const median = (numbers: readonly number[]): number | undefined => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
};

/**
 * The most handlers alive at one instant, by the journal of one labourer. Lines of all processes stand in one order, so they are
 * walked through once. A handler that was killed wrote no end: it counts for as long as it may have worked without renewing its
 * lease, since nobody may take its place before that.
 */
export const peakOf = (journal: readonly Line[], lease: number): number => {
  const ends = new Set(journal.flatMap((line) => (line.kind === 'ended' ? attemptOf(line) : [])));
  const live = new Map<string, number>(); // until when
  let peak = 0;
  for (const line of journal) {
    const attempt = attemptOf(line);
    if (line.kind === 'ended') live.delete(attempt);
    if (line.kind !== 'started' && !(line.kind === 'renewed' && live.has(attempt))) continue;
    for (const [each, until] of live) if (until <= line.at) live.delete(each);
    live.set(attempt, ends.has(attempt) ? Number.POSITIVE_INFINITY : line.at + lease);
    peak = Math.max(peak, live.size);
  }
  return peak;
};

const attemptOf = (line: Line): string => `${line.run} ${'attempt' in line ? line.attempt : ''} ${line.id}`;
