import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { EpochMs } from '@reeve/core';

export interface Point {
  /** When its period began. */
  readonly began: EpochMs;
  readonly value: number;
}

/** What the pages of a call say of one of its queries. */
export interface Found {
  readonly points: readonly Point[];
  readonly status: string;
  /** What CloudWatch says about it, in one line. */
  readonly remark: string;
  /** It has more series than one. */
  readonly isSeveral: boolean;
}

/** By id: what the pages so far have together. */
export const gather = (pages: readonly (readonly MetricDataResult[])[]): ReadonlyMap<string, Found> => {
  const found = new Map<string, Found & { readonly label: string | undefined }>();
  for (const page of pages) {
    const onThisPage = new Set<string>();
    for (const { Id = '', Label, Timestamps = [], Values = [], StatusCode = 'Complete', Messages = [] } of page) {
      const before = found.get(Id);
      found.set(Id, {
        label: Label,
        points: [...(before?.points ?? []), ...Timestamps.map((began, n) => ({ began: began.getTime(), value: Values[n] ?? Number.NaN }))],
        status: StatusCode,
        remark: Messages.map(({ Code = '', Value = '' }) => `${Code}: ${Value}`)
          .join('; ')
          .slice(0, 300),
        // The pieces of one series come on pages of their own and have one label.
        isSeveral: (before?.isSeveral ?? false) || onThisPage.has(Id) || (before !== undefined && before.label !== Label),
      });
      onThisPage.add(Id);
    }
  }
  return found;
};
