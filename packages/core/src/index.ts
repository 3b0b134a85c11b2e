export { checkComposition } from './compose/check-composition.ts';
export { createReeve, type ReeveOptions } from './compose/create-reeve.ts';
export { inProcessInvoker, memoryStore, staticEcology } from './compose/modules.ts';
export { Reeve, type ReeveParts, type RunOptions } from './compose/reeve.ts';
export { type Limits, reeveModule } from './compose/reeve-module.ts';
export { systemChance, systemClock } from './compose/system.ts';
export { Chance, Clock, EcologyProvider, Invoker, Labourers, Lifecycle, TaskReader, TaskStore, WakeUps } from './compose/tokens.ts';
export { boundError, boundText } from './decide/bound-text.ts';
export { checkPageLimit, cursorFault, type PagePosition, readCursor, writeCursor } from './decide/check-page.ts';
export { configFault } from './decide/config-fault.ts';
export { defineLabourers, type HealthLevel, type LabourerDefinition, type LabourerDefinitions } from './decide/define-labourers.ts';
export { decodeJson, type EncodeOptions, encodeJson, isJsonText } from './decide/encode-json.ts';
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
export type {
  Census,
  ClaimAnswer,
  ClaimRequest,
  Delivery,
  ExchangeAnswer,
  InvokeContext,
  ListQuery,
  MaintenanceReport,
  Problem,
  Renewal,
  RenewOutcome,
  Report,
  SetAside,
  StoreCapabilities,
  TaskPage,
} from './ports/index.ts';
export { Assistant, type AssistantParts, type Failure, type Heartbeat } from './run/assistant.ts';
export type { DaemonOptions } from './run/daemon.ts';
export { Doorbell } from './run/doorbell.ts';
export { type Enqueued, type EnqueueItem, type EnqueueOptions, Enqueuer, type EnqueuerParts } from './run/enqueuer.ts';
export { type EventName, Events, type ReeveEvents } from './run/events.ts';
export {
  type Handler,
  InProcessInvoker,
  type InProcessOptions,
  NonRetryableError,
  RetryAfterError,
  type TaskContext,
} from './run/in-process-invoker.ts';
export { Orchestrator, type OrchestratorParts } from './run/orchestrator.ts';
export type { LabourerReport, TickReport } from './run/reports.ts';
export { Scavenger, type ScavengerParts, type ScavengerRunOptions, type SweepReport } from './run/scavenger.ts';
export { StaticEcology } from './run/static-ecology.ts';
