import type { ServiceIdentifier } from 'inversify';
import type { Labourer } from '../domain/labourer.ts';
import type * as Ports from '../ports/index.ts';

// One name for an interface and for its identifier in a container, so that a wrong order of arguments does not compile.
// `Symbol.for` holds across two installed copies of this package.

/** Where tasks are kept. A composition has exactly one. */
export type TaskStore = Ports.TaskStore;
export const TaskStore: ServiceIdentifier<TaskStore> = Symbol.for('@reeve/core:TaskStore');

/** The reading side of the store. */
export type TaskReader = Ports.TaskReader;
export const TaskReader: ServiceIdentifier<TaskReader> = Symbol.for('@reeve/core:TaskReader');

/** The operator's side of the store: cancel, bury, redrive, replace. */
export type Operator = Ports.Operator;
export const Operator: ServiceIdentifier<Operator> = Symbol.for('@reeve/core:Operator');

/** The ends that something follows from. */
export type Outbox = Ports.Outbox;
export const Outbox: ServiceIdentifier<Outbox> = Symbol.for('@reeve/core:Outbox');

/** Small facts that all processes share. */
export type Register = Ports.Register;
export const Register: ServiceIdentifier<Register> = Symbol.for('@reeve/core:Register');

/** What hands attempts to workers. A composition has exactly one. */
export type Invoker = Ports.Invoker;
export const Invoker: ServiceIdentifier<Invoker> = Symbol.for('@reeve/core:Invoker');

/** What knows the health of the systems behind the workers. Any number; the worst counts. */
export type EcologyProvider = Ports.EcologyProvider;
export const EcologyProvider: ServiceIdentifier<EcologyProvider> = Symbol.for('@reeve/core:EcologyProvider');

/** Where numbers about other systems come from. Any number, each with a name of its own. */
export type MetricSource = Ports.MetricSource;
export const MetricSource: ServiceIdentifier<MetricSource> = Symbol.for('@reeve/core:MetricSource');

export type Clock = Ports.Clock;
export const Clock: ServiceIdentifier<Clock> = Symbol.for('@reeve/core:Clock');

export type Chance = Ports.Chance;
export const Chance: ServiceIdentifier<Chance> = Symbol.for('@reeve/core:Chance');

/** Parts that are opened before use and closed after. Any number. */
export type Lifecycle = Ports.Lifecycle;
export const Lifecycle: ServiceIdentifier<Lifecycle> = Symbol.for('@reeve/core:Lifecycle');

export type Labourers = readonly Labourer[];
export const Labourers: ServiceIdentifier<Labourers> = Symbol.for('@reeve/core:Labourers');

/** What hears of work that other processes make. Any number; without one, polling finds it. */
export type WakeUps = Ports.WakeUps;
export const WakeUps: ServiceIdentifier<WakeUps> = Symbol.for('@reeve/core:WakeUps');
