/** For parts that must be opened before use and closed after: a client of their own, tables to verify. */
export interface Lifecycle {
  /** Called once before the first use; a throw stops the composition from starting. */
  start?(): Promise<void>;
  /** Closes what the part itself opened, and never what it was given. May be called twice. */
  close?(): Promise<void>;
}
