/** The only source of chance in core. */
export interface Chance {
  /** A string that no call has answered before and nobody can guess. Letters, digits and `-`, at most 40. */
  id(): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}
