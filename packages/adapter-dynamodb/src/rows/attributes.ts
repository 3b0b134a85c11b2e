/** What Reeve adds to sosw's rows. sosw reads none of them, and its own attributes are never used for anything else. */
export const OURS = {
  /** Which claim of this task is or was the last: 1, 2, ... A released claim keeps its number, so no two claims share one. */
  claims: 'reeve_n',
  /** The token of the latest claim. */
  token: 'reeve_token',
  /** The lease's deadline, in milliseconds. There only while the task runs. */
  until: 'reeve_until',
  /** When it was claimed, in milliseconds. */
  claimedAt: 'reeve_at',
  /** The group of the ledger that has the claim's place. */
  group: 'reeve_g',
  /** Where a released task goes back to: its due time, on the line of the retries. */
  back: 'reeve_back',
  /** What is added to the due time of a retry, so that those of one millisecond come in their old order. */
  turn: 'reeve_turn',
  /** The greenfield at the moment the row left the index; sosw's closed rows carry it. */
  left: 'reeve_gf',
  /** The verdict of the latest claim, by name. */
  verdict: 'reeve_verdict',
  /** Which call wrote the row last: tells a write that the SDK repeated from another's. */
  call: 'reeve_call',
  /** What happened at the last failure: of an earlier version, which kept one error only. */
  error: 'reeve_error',
  /** The errors of attempts, the oldest first: each a map of its text `e`, its instant `t`, and its attempt `n` unless that was the latest. */
  errors: 'reeve_errors',
  /** 1 to 9. Absent: 0. */
  priority: 'reeve_priority',
  /** The instant at which a task that was never started is to be dropped, in milliseconds. */
  expiresAt: 'reeve_expires',
  /** The task is to be cancelled: it runs, and ends with the next verdict. */
  cancel: 'reeve_cancel',
  /** Whom the task is done for. */
  key: 'reeve_key',
  /** What follows from its end. */
  follow: 'reeve_follow',
  /** When a task ended that something follows from, in milliseconds, as long as that is still to be done. sosw's own words for an end come after. */
  ended: 'reeve_ended',
  /** When a task had ended before it was redriven, in milliseconds: its next end is a later instant. */
  lastEnd: 'reeve_last_end',
  /** Why the row is set aside. */
  aside: 'reeve_aside',
  /** Result and statistics as the worker gave them, JSON texts. */
  result: 'reeve_result',
  stats: 'reeve_stats',
} as const;

/** What a closed row need not say any more. */
export const NOT_IN_CLOSED: readonly string[] = [
  OURS.until,
  OURS.group,
  OURS.back,
  OURS.turn,
  OURS.left,
  OURS.call,
  OURS.claimedAt,
  OURS.cancel,
  OURS.ended,
  OURS.lastEnd,
];
