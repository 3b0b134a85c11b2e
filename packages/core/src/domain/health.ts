/** How well the systems that a labourer depends on are doing, from 0 Bad to 4 High. */
export const Health = { Bad: 0, Poor: 1, Moderate: 2, Good: 3, High: 4 } as const;
export type Health = (typeof Health)[keyof typeof Health];

/** What one look at one system showed. */
export interface Reading {
  readonly health: Health;
  /** For people: "rds.cpu 71 > 50". */
  readonly reason: string;
  readonly observedAt: number;
}
