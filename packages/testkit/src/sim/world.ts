import {
  type BatchBook,
  type BatchBookParts,
  type Clock,
  defineLabourers,
  type Handler,
  type Invoker,
  type Json,
  type Labourer,
  type Millis,
  type Register,
  type TaskRecord,
} from '@reeve/core';
import { type InvokerFaults, noInvokerFaults } from '../faults/faulty-invoker.ts';
import { faultyStore } from '../faults/faulty-store.ts';
import { noStoreFaults, type StoreFaults } from '../faults/store-faults.ts';
import type { Store } from '../store/bench.ts';
import { Model } from '../store/model/model.ts';
import { BatchWatch } from './batch-watch.ts';
import { gatedStore } from './gated-store.ts';
import { History } from './history.ts';
import { LimitWatch } from './limit-watch.ts';
import { Lineage } from './lineage.ts';
import { type Life, SimNode } from './node.ts';
import type { Play, SimOptions } from './options.ts';
import { Scheduler } from './scheduler.ts';
import type { MakeOrchestrator } from './services.ts';
import type { SimStoreFactory } from './sim-store.ts';
import { Stream } from './stream.ts';
import { keepable } from './swarm-limits.ts';
import { Violations } from './violation.ts';
import { Witness } from './witness.ts';
import { WorkLog } from './work-log.ts';

/** What a story has to do with: a task of the labourer, as the producer enqueues it. */
export interface StoryTask {
  readonly labourer: string;
  readonly payload: Json;
  readonly delay?: Millis;
  readonly key?: string;
}

/** What runs in the simulated world: the built-in story, or one of the user's own. */
export interface Story {
  /** The workers, as functions. Called for each process: waiting has to be done on its clock, and chance drawn from its source. */
  readonly handlers?: (tools: { readonly clock: Clock; readonly chance: Stream }) => Readonly<Record<string, Handler>>;
  /** The n-th task, from 0. */
  readonly task?: (number: number, chance: Stream) => StoryTask;
  /** Looks at all tasks when everything has come to its end. What it throws is a violation of the rule `own`. */
  readonly check?: (tasks: readonly TaskRecord[]) => void;
}

export interface WorldParts {
  readonly seed: number;
  readonly options: SimOptions;
  readonly store: SimStoreFactory;
  readonly story: Story;
  readonly planted: Planted;
}

/** What stands in the place of the real thing: a fault that the simulator has to find. */
export interface Planted {
  readonly makeOrchestrator?: MakeOrchestrator;
  readonly wrapInvoker?: (invoker: Invoker) => Invoker;
  /** Of one process, on the store's clock: what it takes for the register in which rates, resources and batches are kept. */
  readonly wrapRegister?: (register: Register, clock: Clock) => Register;
  /** Where the ends of members are counted, in one process. */
  readonly makeBook?: (parts: BatchBookParts) => Pick<BatchBook, 'close'>;
}

/** Faults of the way alone: what is left when the faults are off. */
const CALM: StoreFaults = { ...noStoreFaults, delay: [1, 5] };

/**
 * - `faults`  everything may fail, and nothing may ever be wrong
 * - `ending`  nothing fails any more, and everything has to come to its end
 * - `calm`    all is well, and new tasks have to be done at the first attempt and without delay
 */
export type Phase = 'faults' | 'ending' | 'calm';

const QUICK: Readonly<Record<Play, number>> = {
  quick: 1,
  steady: 0,
  failing: 0,
  hopeless: 0,
  later: 0,
  long: 0,
  late: 0,
  deaf: 0,
  hung: 0,
  deadly: 0,
};

/** Nothing that keeps a worker from ending. */
const calm = (plays: Readonly<Record<Play, number>>): Readonly<Record<Play, number>> => ({ ...plays, quick: 1, hung: 0, deadly: 0 });

/** For so long core tells the store's clock from its own process's, which may be set on meanwhile. */
const MOST_AHEAD: Millis = 1_000;

/** All that the parts of one run share. */
export class World {
  readonly seed: number;
  readonly options: SimOptions;
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly violations: Violations = new Violations();
  readonly works: WorkLog;
  readonly batches: BatchWatch;
  readonly limits: LimitWatch;
  readonly witness: Witness;
  readonly story: Story;
  readonly planted: Planted;
  /** Each version of the program's own, without what the store does not keep. */
  versions: readonly (readonly Labourer[])[] = [];
  /** How often each fault was dealt, by its name. */
  readonly dealt: Map<string, number> = new Map();
  readonly lineage: Lineage;
  #phase: Phase = 'faults';
  readonly nodes: SimNode[] = [];
  readonly #onClose: (() => void)[] = [];

  constructor({ seed, options, store, story, planted }: WorldParts) {
    this.planted = planted;
    this.seed = seed;
    this.options = options;
    this.story = story;
    this.scheduler = new Scheduler(new Stream(seed, 'ties'));
    this.history = new History(this.scheduler.now());
    this.works = new WorkLog(this.violations);
    const { violations, works } = this;
    this.batches = new BatchWatch({ violations, works, isRedriven: (options.operations ?? 0) > 0 });
    this.witness = new Witness(this);
    this.limits = new LimitWatch({
      violations,
      works,
      model: () => {
        this.witness.model.now = this.scheduler.now();
        return this.witness.model;
      },
      versions: () => this.versions,
      ahead: options.node.jump > 0 ? MOST_AHEAD : 0,
    });
    this.lineage = new Lineage(store, {
      clock: this.scheduler,
      chance: new Stream(seed, 'store'),
      labourers: Object.keys(options.versions[0] ?? {}),
    });
  }

  async start(): Promise<void> {
    await this.lineage.open();
    const { versions, resources = {} } = this.options;
    this.versions = keepable(versions, this.lineage.store).map((each) => defineLabourers(each, resources));
  }

  /**
   * Node keeps a signal that was made of others, and all that listens to it, until it aborts; a crashed process leaves some. They are
   * aborted when the run is over and nobody looks any more.
   */
  onClose(act: () => void): void {
    this.#onClose.push(act);
  }

  async close(): Promise<void> {
    for (const act of this.#onClose) act();
    await this.lineage.close();
  }

  /** The store loses its last writes, and whoever wrote them does not know. */
  async rollBack(by: Millis): Promise<void> {
    const now = this.scheduler.now();
    const model = new Model();
    await this.lineage.rollBack(now - by, model);
    this.witness.model = model;
    this.works.rolledBackAt = now;
    this.tell('store', `loses what was written in the last ${by} ms`);
  }

  /** Watched, and without faults. @param from who it is, for the history */
  watched(from: string, clock: Clock): Store {
    const store = this.lineage.connect(clock);
    const { exchangesAtOnce } = this.options;
    return { ...this.witness.watch(store, from), capabilities: { ...store.capabilities, exchangesAtOnce, leastPerExchange: 1 } };
  }

  /** Of the first version: all versions have the same names. */
  get labourers(): readonly Labourer[] {
    return this.versions[0] ?? [];
  }

  get phase(): Phase {
    return this.#phase;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.tell('all', `enter the phase: ${phase}`);
  }

  get faultsOn(): boolean {
    return this.#phase === 'faults';
  }

  get storeFaults(): StoreFaults {
    return this.faultsOn ? this.options.store : CALM;
  }

  get invokerFaults(): InvokerFaults {
    return this.faultsOn ? this.options.invoker : noInvokerFaults;
  }

  get plays(): Readonly<Record<Play, number>> {
    if (this.#phase === 'calm') return QUICK;
    return this.faultsOn ? this.options.plays : calm(this.options.plays);
  }

  tell(who: string, what: string): void {
    this.history.add(this.scheduler.now(), `${who} ${what}`);
  }

  deal(who: string, fault: string): void {
    this.dealt.set(fault, (this.dealt.get(fault) ?? 0) + 1);
    this.tell(who, `(${fault})`);
  }

  addNode(name: string): SimNode {
    // What a producer puts off by some seconds falls due by its own clock, and the end of a run does not wait for hours.
    const skew = name.startsWith('producer') ? Math.min(this.options.node.skew, 45_000) : this.options.node.skew;
    const offset = skew === 0 ? 0 : new Stream(this.seed, `skew-${name}`).between(-skew, skew);
    const node = new SimNode(name, this.scheduler, this.seed, offset);
    node.onBusy = (wakes) => this.violations.add('busy', `${node.life?.name} woke ${wakes} times within a second`);
    this.nodes.push(node);
    return node;
  }

  /** A connection of this process, over a way of its own. */
  connect(life: Life): Store {
    const way = {
      clock: this.scheduler,
      chance: new Stream(this.seed, `way-${life.name}`),
      faults: () => this.storeFaults,
      onFault: (verb: string, fault: string) => this.deal(life.name, `${verb}: ${fault}`),
    };
    return gatedStore(life, faultyStore(this.watched(life.name, life.clock), way));
  }

  /** What goes wrong in a way that nobody is there to hear of. */
  isOver(): boolean {
    return this.violations.found.length > 0;
  }
}
