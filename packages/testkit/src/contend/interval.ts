/** The time for which one attempt was certainly held, as the process that held it saw it. */
export interface Interval {
  readonly id: string;
  /** Which attempt of the task, from 1. */
  readonly attempt: number;
  /** Just after the claim was answered: `process.hrtime.bigint()`, which all processes of one machine share. */
  readonly start: bigint;
  /** Just before the verdict was sent. */
  readonly end: bigint;
  /** What became of the verdict. */
  readonly outcome: string;
}

export interface IntervalReport {
  /** The most attempts that were held at one instant. */
  readonly most: number;
  /** Whether that was more than the cap. */
  readonly overCap: boolean;
  /** Ids of tasks that were completed twice, or held twice at once. */
  readonly doubles: readonly string[];
  /** Ids of the tasks expected that nobody completed. */
  readonly losses: readonly string[];
}

/** One line of JSON, as a contending process prints it. */
export const printInterval = ({ id, attempt, start, end, outcome }: Interval): string =>
  JSON.stringify({ id, attempt, start: String(start), end: String(end), outcome });

/** @returns undefined for a line that is no interval, such as a log line of a library */
export const parseInterval = (line: string): Interval | undefined => {
  if (!line.startsWith('{')) return undefined;
  const { id, attempt, start, end, outcome } = JSON.parse(line) as Record<string, unknown>;
  if (typeof id !== 'string' || typeof start !== 'string' || typeof end !== 'string') return undefined;
  return { id, attempt: Number(attempt), start: BigInt(start), end: BigInt(end), outcome: String(outcome) };
};

/**
 * What intervals of many processes prove. They are shorter than the leases they stand for, so what they show did happen.
 * @param expected the ids that had to be completed; without it nothing counts as lost
 */
export const checkIntervals = (intervals: readonly Interval[], cap: number, expected: readonly string[] = []): IntervalReport => {
  const most = greatestOverlap(intervals);
  const byId = groupById(intervals);
  const doubles = [...byId].filter(([, own]) => applied(own) > 1 || greatestOverlap(own) > 1).map(([id]) => id);
  const losses = expected.filter((id) => applied(byId.get(id) ?? []) === 0);
  return { most, overCap: most > cap, doubles, losses };
};

const applied = (intervals: readonly Interval[]): number => intervals.filter(({ outcome }) => outcome === 'applied').length;

const greatestOverlap = (intervals: readonly Interval[]): number => {
  const turns = intervals.flatMap(({ start, end }) => [
    { at: start, by: 1 },
    { at: end, by: -1 },
  ]);
  // At one and the same instant an end comes before a start: only what certainly overlaps is counted.
  turns.sort((a, b) => (a.at === b.at ? a.by - b.by : a.at < b.at ? -1 : 1));
  let now = 0;
  let most = 0;
  for (const { by } of turns) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
};

const groupById = (intervals: readonly Interval[]): Map<string, Interval[]> => {
  const groups = new Map<string, Interval[]>();
  for (const each of intervals) {
    const own = groups.get(each.id);
    if (own) own.push(each);
    else groups.set(each.id, [each]);
  }
  return groups;
};
