export { DefinedSchedules } from './compose/bind-schedules.ts';
export { checkComposition } from './compose/check-composition.ts';
export { createReeve, type ReeveOptions } from './compose/create-reeve.ts';
export type { JobEvent } from './compose/job-facade.ts';
export { inProcessInvoker, memoryStore, probes, staticEcology } from './compose/modules.ts';
export { Reeve, type ReeveParts, type RunOptions } from './compose/reeve.ts';
export { type Limits, reeveModule } from './compose/reeve-module.ts';
export { SchedulesFacade } from './compose/schedules-facade.ts';
export { systemChance, systemClock } from './compose/system.ts';
export {
  Chance,
  Clock,
  EcologyProvider,
  Invoker,
  Labourers,
  Lifecycle,
  MetricSource,
  Operator,
  Outbox,
  Register,
  TaskReader,
  TaskStore,
  WakeUps,
} from './compose/tokens.ts';
export { type BreakerState, breakerLimit, startBreaker, stepBreaker, tellBreaker } from './decide/adaptive/breaker.ts';
export { type AdaptiveState, limitInForce, startAdaptive, warmUp } from './decide/adaptive/state.ts';
export { step as stepAdaptive } from './decide/adaptive/step.ts';
export { boundError, boundText } from './decide/bound-text.ts';
export type { Dedupe } from './decide/check-dedupe.ts';
export type { Finalizer } from './decide/check-finalizer.ts';
export { checkPageLimit, cursorFault, type PagePosition, readCursor, writeCursor } from './decide/check-page.ts';
export type { RedrivableState, RedriveQuery } from './decide/check-redrive.ts';
export { checkChanges, checkNames } from './decide/check-register.ts';
export { configFault } from './decide/config-fault.ts';
export { defineLabourers } from './decide/define-labourers.ts';
export type { ResourceDefinitions } from './decide/define-limits.ts';
export type { RetryDefinition, RetryPolicyDefinition, RetryRuleDefinition } from './decide/define-retry.ts';
export { decodeJson, type EncodeOptions, encodeJson, isJsonText } from './decide/encode-json.ts';
export type {
  AdaptiveDefinition,
  BreakerDefinition,
  HealthDefinition,
  HealthLevel,
  LevelDefinitions,
  MetricDefinition,
  MetricDefinitions,
  MetricRules,
  OutcomeDefinition,
  OutcomeName,
  SoswDetails,
  SoswMetricDefinition,
} from './decide/health-definition.ts';
export { planJob } from './decide/jobs/plan-job.ts';
export { jobIdOf, taskIdOf } from './decide/jobs/task-id.ts';
export {
  type AllKnown,
  defineLabourer,
  type Known,
  type LabourerDefinition,
  type LabourerDefinitions,
  type ParsedOf,
  type PayloadOf,
  type RateDefinition,
  type ResultOf,
  type ReturnedOf,
} from './decide/labourer-definition.ts';
export { type MemberText, memberTexts } from './decide/member-texts.ts';
export { limitReadings } from './decide/outcome-limits.ts';
export { type Counts, NO_ENTRY, OUTCOME_RATIOS, type OutcomeEntry, type OutcomeRatio, ratioOf } from './decide/outcomes.ts';
export { defineSchedule, defineSchedules } from './decide/schedules/define-schedules.ts';
export { nextInstants } from './decide/schedules/instants.ts';
export type {
  InstantDefinition,
  ScheduleDefinition,
  ScheduleDefinitions,
  ScheduledTask,
  ScheduledTaskOf,
} from './decide/schedules/schedule-definition.ts';
export type { Adaptive, AdaptiveKind, Breaker, Outcomes } from './domain/adaptive.ts';
export { type BatchCounts, type BatchProgress, MOST_MEMBERS } from './domain/batch.ts';
export type { Continuations, FollowUp, Membership } from './domain/follow.ts';
export { type CapDecision, type Explanation, Health, type Reading } from './domain/health.ts';
export type {
  Day,
  JobLimits,
  JobPeriods,
  JobPlan,
  JobProgress,
  JobRules,
  JobRun,
  JobSchema,
  JobSettings,
  JobState,
  TaskContent,
} from './domain/job.ts';
export type { Json, JsonText } from './domain/json.ts';
export { type HealthCoefficients, type Keep, type Labourer, leaseLength, type OnMissingHealth, type Retention } from './domain/labourer.ts';
export type { Draw, Rate } from './domain/limits.ts';
export type { ArrivedAttempt, MessageAnswer, WorkerMessage } from './domain/message.ts';
export type { Comparison, Metric, MetricLevel } from './domain/metric.ts';
export type { FailedTry, Retry, RetryFunction, RetryPolicy, RetryRule } from './domain/retry-policy.ts';
export type { Fired, Firing, Missed, Schedule, ScheduleState, Timing } from './domain/schedule.ts';
export type { InputOf, OutputOf, Schema, SchemaAnswer, SchemaIssue } from './domain/schema.ts';
export type { LabourerSettings, Settings } from './domain/settings.ts';
export {
  type AttemptError,
  type AttemptRef,
  type ExpiryVerdict,
  keyOf,
  type Lease,
  MOST_ERRORS,
  MOST_URGENT,
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
  Burial,
  BuryOutcome,
  CancelOutcome,
  Census,
  Change,
  ClaimAnswer,
  ClaimRequest,
  Delivery,
  End,
  EndRef,
  Entry,
  ExchangeAnswer,
  InvokeContext,
  KeyRoom,
  ListQuery,
  Looked,
  MaintenanceReport,
  Problem,
  Redrive,
  RedriveOutcome,
  Renewal,
  RenewOutcome,
  Replacement,
  ReplaceOutcome,
  Report,
  Sample,
  SetAside,
  StoreCapabilities,
  TaskPage,
  Written,
  Wrote,
} from './ports/index.ts';
export { AdaptiveEcology, type AdaptiveEcologyParts } from './run/adaptive-ecology.ts';
export { Assistant, type AssistantParts, type Failure, type Heartbeat } from './run/assistant.ts';
export { BatchBook, type BatchBookParts, type MemberEnd } from './run/batch-book.ts';
export { Batches, type BatchesParts, type BatchItem, type EnqueuedBatch, type NewBatch } from './run/batches.ts';
export type { CancelParts } from './run/cancel-watch.ts';
export type { DaemonOptions } from './run/daemon.ts';
export { Doorbell } from './run/doorbell.ts';
export { type Enqueued, type EnqueueItem, type EnqueueOptions, Enqueuer, type EnqueuerParts, type Prepared } from './run/enqueuer.ts';
export { type EventName, Events, type ReeveEvents } from './run/events.ts';
export { type Followed, Follower, type FollowerParts } from './run/follower.ts';
export { Foreman, type ForemanParts, type ToBury, type ToReplace } from './run/foreman.ts';
export { type HttpProbeOptions, httpProbe, type ProbedResponse } from './run/http-probe.ts';
export {
  type Handler,
  type HandlersOf,
  InProcessInvoker,
  type InProcessOptions,
  NonRetryableError,
  RetryAfterError,
  type TaskContext,
} from './run/in-process-invoker.ts';
export { JobBook, type JobBookParts } from './run/jobs/job-book.ts';
export { JobBuilder, type JobForm, type JobLevel, type JobValues, job } from './run/jobs/job-builder.ts';
export { type ContinueOptions, Jobs, type JobsKept, type JobsParts, type RunJobOptions } from './run/jobs/jobs.ts';
export { OpenJobs, type OpenJobsParts } from './run/jobs/open-jobs.ts';
export { type LimitedStoreParts, limitedStore } from './run/limited-store.ts';
export type { EndedTask } from './run/look-out.ts';
export { MetricEcology, type MetricEcologyParts } from './run/metric-ecology.ts';
export { Orchestrator, type OrchestratorParts } from './run/orchestrator.ts';
export { type KnownOutcomes, OutcomeBook, type OutcomeBookParts } from './run/outcome-book.ts';
export { OutcomeSource } from './run/outcome-source.ts';
export { type Probe, type ProbeAnswer, type ProbeContext, ProbeSource, type Probes } from './run/probe-source.ts';
export { Receipt } from './run/receipt.ts';
export { type RedriveAllQuery, type RedriveReport, Redriver, type RedriverParts } from './run/redriver.ts';
export type { LabourerReport, TickReport } from './run/reports.ts';
export { Scavenger, type ScavengerParts, type ScavengerRunOptions, type SweepReport } from './run/scavenger.ts';
export type { ScheduledJobs, ScheduledRun } from './run/schedules/firer.ts';
export {
  Schedules,
  type SchedulesParts,
  type SchedulesReport,
  type SchedulesRunOptions,
  type ScheduleTickOptions,
} from './run/schedules/schedules.ts';
export type { SchedulesDone } from './run/schedules/told.ts';
export { SettingsBoard, type SettingsBoardParts } from './run/settings-board.ts';
export { type SqlClient, sqlProbe } from './run/sql-probe.ts';
export type { Start } from './run/start-gate.ts';
export { StaticEcology } from './run/static-ecology.ts';
export { Waiter, type WaiterParts, type WaitOptions } from './run/waiter.ts';
