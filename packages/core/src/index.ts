export { Health, type Reading } from './domain/health.ts';
export type { Json, JsonText } from './domain/json.ts';
export { type HealthCoefficients, type Labourer, leaseLength, type OnMissingHealth, type RetryPolicy } from './domain/labourer.ts';
export {
  type AttemptRef,
  type ExpiryVerdict,
  keyOf,
  type Lease,
  type NewTask,
  type Outcome,
  refOf,
  type TaskKey,
  type TaskRecord,
  type TaskState,
  type Verdict,
} from './domain/task.ts';
export { DAY, type EpochMs, MINUTE, type Millis, SECOND } from './domain/time.ts';
export { type FaultDetails, type FaultKind, ReeveError } from './errors.ts';
export { type MemoryStoreOptions, MemoryTaskStore } from './memory/memory-task-store.ts';
export type * from './ports/index.ts';
