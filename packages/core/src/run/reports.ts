import type { EpochMs } from '../domain/time.ts';

/** One labourer's part of a tick. */
export interface LabourerReport {
  readonly labourer: string;
  /** The cap in force: the labourer's own times the coefficient of its health. Absent if the turn failed before it was known. */
  readonly cap?: number;
  /** Why it is what it is: "High: no ecology", "rds.cpu 71 > 50". */
  readonly why?: string;
  /** Nothing was due, so nothing was asked. */
  readonly idle: boolean;
  /** Set while refusals of the invoker keep this labourer waiting. */
  readonly heldUntil?: EpochMs;
  readonly claimed: number;
  /** Handed over; the worker will report. */
  readonly accepted: number;
  /** Run to the end within the tick. */
  readonly finished: number;
  /** Did not start: given back with their attempt. */
  readonly refused: number;
  /** Nobody knows whether they started: left to their lease. */
  readonly unknown: number;
  /** Broken tasks that were taken out of the way. */
  readonly aside: number;
  readonly error?: unknown;
}

export interface TickReport {
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** In the order in which the labourers were defined. */
  readonly labourers: readonly LabourerReport[];
}
