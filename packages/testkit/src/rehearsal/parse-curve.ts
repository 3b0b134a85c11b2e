import { configFault, type Millis, SECOND } from '@reeve/core';

/** A value over time, straight between the instants at which it is known. */
export interface Curve {
  /** From the first instant to the last. */
  readonly length: Millis;
  /** Before the first and after the last it is what it is there. */
  at(since: Millis): number;
}

interface Point {
  readonly at: Millis;
  readonly value: number;
}

/**
 * Reads lines of a time and a value, apart by a comma, a semicolon or a tab, as CloudWatch, Prometheus and Grafana export them. A time is a
 * number of seconds, or a date as ISO 8601 writes it; the first is the beginning. A headline, empty lines and lines that begin with `#`
 * are passed over, and so are further columns.
 * @throws ReeveError INVALID_REHEARSAL
 */
export const parseCurve = (csv: string): Curve => {
  const points: Point[] = [];
  let isHeadline = true;
  csv.split(/\r?\n/).forEach((line, n) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return;
    const [time = '', number = ''] = line.split(/[,;\t]/).map((each) => each.trim().replaceAll('"', ''));
    const point = { at: timeOf(time), value: number === '' ? Number.NaN : Number(number) };
    const isRead = Number.isFinite(point.at) && Number.isFinite(point.value);
    const last = points.at(-1);
    if (!isRead && !isHeadline) throw fault(n, `${JSON.stringify(line)} is no time and value; write "60,0.5", or an ISO date for the time`);
    if (isRead && last && point.at <= last.at)
      throw fault(n, `${JSON.stringify(time)} is not after the line before; sort the lines by time`);
    if (isRead) points.push(point);
    isHeadline = false;
  });
  const [first] = points;
  if (!first) throw fault(0, 'there is no line of a time and a value; write lines such as "60,0.5"');
  const known = points.map(({ at, value }) => ({ at: at - first.at, value }));
  return { length: (known.at(-1) as Point).at, at: (since) => between(known, since) };
};

const timeOf = (text: string): Millis => {
  if (text === '') return Number.NaN;
  const seconds = Number(text);
  return Number.isFinite(seconds) ? seconds * SECOND : Date.parse(text);
};

const between = (points: readonly Point[], since: Millis): number => {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as Point).at < since) low = middle + 1;
    else high = middle;
  }
  const next = points[low] as Point;
  const before = points[low - 1];
  if (!before || since >= next.at) return next.value;
  return before.value + ((next.value - before.value) * (since - before.at)) / (next.at - before.at);
};

const fault = (line: number, problem: string): Error =>
  configFault([{ path: `csv, line ${line + 1}`, problem }], 'This curve cannot be read:', 'INVALID_REHEARSAL');
