export { startCloudwatchEndpoint } from './cloudwatch/endpoint.ts';
export { cloudwatchErrors } from './cloudwatch/faults.ts';
export type {
  CloudwatchCall,
  CloudwatchEndpoint,
  CloudwatchEndpointOptions,
  CloudwatchFault,
  CloudwatchMetric,
  CloudwatchQuery,
  CloudwatchStatus,
} from './cloudwatch/types.ts';
export { type ContendOptions, contend } from './contend/contend.ts';
export { type ContenderOptions, contender } from './contend/contender.ts';
export { checkIntervals, type Interval, type IntervalReport } from './contend/interval.ts';
export { CountingChance } from './counting-chance.ts';
export type { KnownMetric, MetricSourceBench } from './ecology/bench.ts';
export { type MetricSourceMutant, metricSourceMutants } from './ecology/mutants.ts';
export { testMetricSource } from './ecology/test-metric-source.ts';
export { faultyCase } from './faults/faulty-case.ts';
export { type FaultyInvokerParts, faultyInvoker, type InvokerFaults, noInvokerFaults } from './faults/faulty-invoker.ts';
export { faultyStore } from './faults/faulty-store.ts';
export { noStoreFaults, type StoreFaults } from './faults/store-faults.ts';
export type { WayParts } from './faults/way.ts';
export { wholeFaultyCase } from './faults/whole-faulty-case.ts';
export type { Arrival, HeldWork, InvokerBench, TestRunner } from './invoker/bench.ts';
export { keepingDigits, withoutMembers } from './invoker/digits.ts';
export { type InvokerMutant, invokerMutants } from './invoker/mutants.ts';
export { testInvoker } from './invoker/test-invoker.ts';
export { lambdaErrors, MAX_EVENT_BYTES, MAX_REQUEST_BYTES } from './lambda/answers.ts';
export { startLambdaEndpoint } from './lambda/endpoint.ts';
export { type FunctionAddress, parseFunctionName } from './lambda/function-name.ts';
export { LambdaAnswer } from './lambda/run-function.ts';
export type {
  InvocationType,
  LambdaCall,
  LambdaContext,
  LambdaDestination,
  LambdaEndpoint,
  LambdaEndpointOptions,
  LambdaEventSettings,
  LambdaFault,
  LambdaHandler,
  LambdaRun,
} from './lambda/types.ts';
export { ManualClock } from './manual-clock.ts';
export { storeMutants } from './mutants/index.ts';
export { type MutantReport, type ProveOptions, proveStoreKit } from './mutants/prove-store-kit.ts';
export { mutant, type StoreMutant, type Twist, type TwistTools } from './mutants/twist.ts';
export { type FaultyProxy, type FaultyProxyOptions, startFaultyProxy } from './proxy/faulty-proxy.ts';
export type { ProxyTarget } from './proxy/target.ts';
export type { Toxic, ToxicKind, Way } from './proxy/toxic.ts';
export * from './rehearsal/index.ts';
export { type InvokerAnswer, type InvokerCall, ScriptedInvoker } from './scripted-invoker.ts';
export { type Canary, type CanaryReport, huntCanary, playCanary } from './sim/canaries/canary.ts';
export { canaries } from './sim/canaries/index.ts';
export type { NodeFaults, Play, SimOptions, Weather } from './sim/options.ts';
export { printFailure } from './sim/print-failure.ts';
export type { MakeOrchestrator } from './sim/services.ts';
export { type ShrinkOptions, type Shrunk, shrink } from './sim/shrink.ts';
export { memoryForSim, type SimStore, type SimStoreFactory, type StoreTools } from './sim/sim-store.ts';
export { type SimReport, type SimulateRequest, simulate } from './sim/simulate.ts';
export { Stream } from './sim/stream.ts';
export { swarm } from './sim/swarm.ts';
export type { Rule, Violation } from './sim/violation.ts';
export type { Phase, Planted, Story, StoryTask } from './sim/world.ts';
export type { BenchOptions, Store, StoreBench, StoreCase, WholeBench, WholeCase, WholeStore } from './store/bench.ts';
export { taskStoreCases } from './store/cases/index.ts';
export { limitsCases } from './store/cases/limits/index.ts';
export { operatorCases } from './store/cases/operator/index.ts';
export { outboxCases } from './store/cases/outbox/index.ts';
export { randomCase, wholeRandomCase } from './store/cases/random.ts';
export { registerCases } from './store/cases/register/index.ts';
export { openMemoryBench } from './store/memory-bench.ts';
export {
  type KitOptions,
  type OpenBench,
  runStoreCase,
  testLimits,
  testOperator,
  testOutbox,
  testRegister,
  testTaskStore,
} from './store/test-task-store.ts';
