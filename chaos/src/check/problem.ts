/** A promise that was not kept. */
export interface Problem {
  /** Which, in few words: problems are counted by it. */
  readonly rule: string;
  readonly text: string;
}
