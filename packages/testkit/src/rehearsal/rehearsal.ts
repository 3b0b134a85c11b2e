import type { Millis } from '@reeve/core';
import type { Counts } from './counts.ts';
import type { Decision, Moment, Summary } from './moment.ts';
import { printRehearsal } from './print.ts';
import type { Plan } from './request.ts';
import type { StrainBook } from './strain-book.ts';
import { svgOf } from './svg.ts';

export interface RehearsalParts {
  readonly plan: Plan;
  readonly counts: Counts;
  readonly series: readonly Moment[];
  readonly strains: StrainBook;
}

/** How a policy fared. */
export class Rehearsal {
  readonly series: readonly Moment[];
  readonly summary: Summary;
  /** What was decided, and why, in its order. */
  readonly decisions: readonly Decision[];

  constructor({ plan, counts, series, strains }: RehearsalParts) {
    const { arrived, completed, dead, failed, waits, decisions } = counts;
    this.series = series;
    this.decisions = decisions;
    this.summary = {
      arrived,
      completed,
      dead,
      failed,
      throughput: (1000 * completed) / plan.duration,
      underLimit: strains.shareUnder,
      longestOver: strains.longestOver,
      waited: percentiles(waits),
      queue: series.at(-1)?.queue ?? 0,
    };
  }

  /** A table and plots, for a terminal. */
  print(): string {
    return printRehearsal(this);
  }

  /** The same plots for a document. @param title for those who cannot see them */
  toSvg(title: string = 'A rehearsal'): string {
    return svgOf(this.series, title);
  }
}

const percentiles = (waits: readonly Millis[]): Summary['waited'] => {
  const sorted = Float64Array.from(waits).sort();
  const at = (share: number): Millis => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
};
