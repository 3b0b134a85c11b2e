import {
  type AttemptRef,
  type ClaimAnswer,
  type ClaimRequest,
  type ExpiryVerdict,
  type Lease,
  type NewTask,
  type Outcome,
  type Renewal,
  type RenewOutcome,
  type Retention,
  refOf,
  type Verdict,
} from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { Model, type ModelTask } from '../store/model/model.ts';
import { isWhole } from '../store/whole.ts';
import type { BatchWatch } from './batch-watch.ts';
import { checkForgotten, forgetGone } from './forgetting.ts';
import type { History } from './history.ts';
import type { Scheduler } from './scheduler.ts';
import type { Violations } from './violation.ts';
import { watchOthers } from './watch-others.ts';
import type { WorkLog } from './work-log.ts';

export interface WitnessParts {
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly violations: Violations;
  readonly works: WorkLog;
  readonly batches: BatchWatch;
}

/**
 * Stands between all that is asked and the store, where each call is one step, and holds every answer against the model of the contract
 * and against what workers really did. Beyond it are the faults: what a caller sees of an answer is none of its business.
 */
export class Witness {
  readonly #parts: WitnessParts;
  /** A new one, once the store has lost some of what it knew. */
  model: Model = new Model();
  /** Attempts that bear a token which an earlier attempt of the same task bore, by the task's id. */
  readonly twins: Map<string, number> = new Map();
  readonly #borne = new Set<string>();
  /** Tasks that the store has forgotten, as it may, by their ids: as they were then. */
  readonly forgotten: Map<string, ModelTask> = new Map();

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  /** @param from who asks, for the history */
  watch(store: Store, from: string): Store {
    const others = { works: this.#parts.works, violations: this.#parts.violations, model: () => this.#now() };
    return {
      ...(isWhole(store) && watchOthers(store, { ...others, tell: (line) => this.#tell(from, line) })),
      capabilities: store.capabilities,
      ...(store.newId && { newId: store.newId.bind(store) }),
      enqueue: async (tasks) => this.#enqueued(from, tasks, await store.enqueue(tasks)),
      labourersWithDue: async (labourers) => this.#named(labourers, await store.labourersWithDue(labourers)),
      claim: async (request) => this.#claimed(from, request, await store.claim(request)),
      settle: async (verdicts) => this.#settled(from, verdicts, await store.settle(verdicts)),
      exchange: async (verdicts, request) => {
        const answer = await store.exchange(verdicts, request);
        this.#settled(from, verdicts, answer.outcomes);
        this.#claimed(from, request, answer);
        return answer;
      },
      renew: async (renewals) => this.#renewed(from, renewals, await store.renew(renewals)),
      expired: async (labourers, limit) => this.#expired(labourers, limit, await store.expired(labourers, limit)),
      reap: async (verdicts) => this.#reaped(from, verdicts, await store.reap(verdicts)),
      maintain: async (labourers, retention) => {
        const report = await store.maintain(labourers, retention);
        if (retention && retention.size > 0) await this.#forgot(from, store, labourers, retention);
        return report;
      },
      find: (key) => store.find(key),
      list: (query) => store.list(query),
      census: (labourers) => store.census(labourers),
    };
  }

  /** Tasks that have not ended yet. */
  get open(): readonly ModelTask[] {
    return [...this.#now().tasks.values()].filter(({ state }) => state === 'queued' || state === 'running');
  }

  #now(): Model {
    this.model.now = this.#parts.scheduler.now();
    return this.model;
  }

  async #forgot(from: string, store: Store, labourers: readonly string[], retention: ReadonlyMap<string, Retention>): Promise<void> {
    const model = this.#now();
    const gone = await forgetGone(store, model, labourers);
    if (gone.length === 0) return;
    this.#tell(from, `maintain forgets ${gone.map(({ id }) => id).join(', ')}`);
    checkForgotten(gone, model, retention, this.#parts.violations);
    for (const each of gone) this.forgotten.set(each.id, each);
  }

  #tell(from: string, line: string): void {
    const { history, scheduler } = this.#parts;
    history.add(scheduler.now(), `${from} ${line}`);
  }

  #enqueued(from: string, tasks: readonly NewTask[], answers: readonly ('created' | 'duplicate')[]): typeof answers {
    const expected = this.#now().enqueue(tasks);
    this.#tell(from, `enqueue ${tasks.map(({ id }, n) => `${id} ${answers[n]}`).join(', ')}`);
    // What follows a task is enqueued by whoever finds its end.
    for (const [n, each] of tasks.entries()) {
      this.#parts.works.enqueued(each, each.payload);
      // It was lost, or forgotten, and is made anew: a finalizer may have been told something else by then.
      if (answers[n] === 'created') this.#parts.works.replaced(each, each.payload);
    }
    const known = new Set(this.forgotten.keys());
    for (const [n, each] of tasks.entries()) if (answers[n] === 'created') this.#parts.batches.created(each, this.model, known);
    expected.forEach((one, n) => {
      this.#parts.violations.expect(answers[n] === one, 'once', () => `enqueue of ${tasks[n]?.id} was answered ${answers[n]}, not ${one}`);
    });
    return answers;
  }

  #named(labourers: readonly string[], answer: ReadonlySet<string>): ReadonlySet<string> {
    const model = this.#now();
    for (const each of labourers) {
      if (answer.has(each) || model.census(each).due === 0) continue;
      this.#parts.violations.add('due', `${each} has due tasks, and labourersWithDue does not name it`);
    }
    return answer;
  }

  #claimed<Answer extends ClaimAnswer>(from: string, request: ClaimRequest, answer: Answer): Answer {
    const { labourer, token, cap, perKey, limit } = request;
    const { leases, dropped = [], nextDueIn } = answer;
    const { violations } = this.#parts;
    const model = this.#now();
    this.#tell(
      from,
      [
        `claim ${labourer} ${token} cap ${cap}${perKey === undefined ? '' : ` per key ${perKey}`}${roomOf(request)} limit ${limit}: ${leases.map(({ id, attempt }) => `${id}#${attempt}`).join(' ')}`,
        ...dropped.map(({ id }) => `drops ${id}`),
      ].join(' '),
    );
    const before = model.of(labourer).filter((each) => model.isLive(each));
    const held = leases.find(({ id }) => before.some((each) => each.id === id));
    violations.expect(
      !held,
      'lease',
      () => `${held?.id} was claimed with ${token} while ${held && model.tasks.get(held.id)?.token} holds it`,
    );
    const running = before.length + leases.length;
    violations.expect(leases.length === 0 || running <= cap, 'cap', () => `${running} leases of ${labourer} run under a cap of ${cap}`);
    if (perKey !== undefined) this.#checkKeys([...before, ...leases.flatMap(({ id }) => model.tasks.get(id) ?? [])], leases, perKey);
    for (const each of dropped) violations.expect(model.drop(each), 'order', () => `${each.id} was dropped, and had time`);
    // One that met more of those out of time than it drops may stop there, if it says so.
    const isCutShort = dropped.length > 0 && nextDueIn === 0;
    const expected = model.claim(isCutShort ? { ...request, limit: Math.min(limit, leases.length) } : request);
    const taken = leases.map(({ id }) => id);
    violations.expect(
      taken.join() === expected.join(),
      'order',
      () => `claim of ${labourer} took [${taken.join()}], and [${expected.join()}] were first`,
    );
    for (const each of leases) {
      this.#checkLease(each, model.tasks.get(each.id));
      this.#countTwins(each);
    }
    return answer;
  }

  /** Of no key to which this claim added do more run than it says. */
  #checkKeys(running: readonly ModelTask[], leases: readonly Lease[], perKey: number): void {
    for (const key of new Set(running.map((each) => each.key))) {
      const ofKey = running.filter((each) => each.key === key);
      const isAdded = ofKey.some((each) => leases.some(({ id }) => id === each.id));
      const isBroken = key !== undefined && isAdded && ofKey.length > perKey;
      this.#parts.violations.expect(!isBroken, 'cap', () => `${ofKey.length} leases with the key ${key} run where ${perKey} may`);
    }
  }

  /** Only a copy of a claim brings a token back. Then the network, and no caller, made the attempt, and a copy of a verdict ends it. */
  #countTwins({ id, token }: Lease): void {
    const name = `${id} ${token}`;
    if (this.#borne.has(name)) this.twins.set(id, (this.twins.get(id) ?? 0) + 1);
    this.#borne.add(name);
  }

  #checkLease({ id, attempt, payload, deadline }: Lease, task: ModelTask | undefined): void {
    if (!task) return;
    const { violations } = this.#parts;
    violations.expect(attempt === task.attempts, 'attempts', () => `${id} is called attempt ${attempt}, and is its ${task.attempts}.`);
    violations.expect(payload === task.payload, 'bytes', () => `${id} was enqueued as ${task.payload} and claimed as ${payload}`);
    violations.expect(
      deadline === task.deadline,
      'lease',
      () => `the lease of ${id} ends ${deadline - task.deadline} ms later than asked for`,
    );
  }

  #settled(from: string, verdicts: readonly Verdict[], outcomes: readonly Outcome[]): readonly Outcome[] {
    const model = this.#now();
    verdicts.forEach((verdict, n) => {
      const outcome = outcomes[n];
      this.#tell(from, `settle ${verdict.id} ${verdict.token} ${verdict.kind}: ${outcome}`);
      // Of a task that an operator has ended or queued anew, the store may or may not remember the words from before.
      const isForgotten = model.tasks.get(verdict.id)?.token === undefined && outcome === 'repeated';
      const expected = model.settle(verdict);
      this.#parts.violations.expect(
        outcome === expected || (isForgotten && expected === 'stale'),
        expected === 'repeated' && outcome === 'applied' ? 'once' : 'fence',
        () => `settle of ${verdict.id} with ${verdict.token} as ${verdict.kind} was ${outcome}, not ${expected}`,
      );
      if (outcome === 'applied') this.#checkWord(verdict);
    });
    return outcomes;
  }

  /** Whoever gives a verdict has it from a worker. */
  #checkWord(verdict: Verdict): void {
    const { works, violations } = this.#parts;
    const { id, token, kind } = verdict;
    const said = works.saidOf(verdict);
    if (kind === 'released') {
      works.released(verdict);
      violations.expect(
        !works.hasStarted(verdict),
        'started',
        () => `${id} with ${token} was given back as never started, and had started`,
      );
      return;
    }
    if (kind !== 'completed') {
      // A result that cannot be kept ends a task as well.
      const known = said.some((report) => report.kind === 'failed') || (kind === 'dead' && said.length > 0);
      violations.expect(known, 'report', () => `${id} with ${token} got the verdict ${kind}, and no worker of it had failed`);
      return;
    }
    const done = said.filter((report) => report.kind === 'done');
    violations.expect(done.length > 0, 'report', () => `${id} with ${token} was completed, and no worker of it was done`);
    const { result, stats } = verdict;
    const same = done.length === 0 || done.some((report) => report.result === result && report.stats === stats);
    violations.expect(same, 'bytes', () => `${id} with ${token} was completed with ${result} ${stats}, which its worker did not say`);
  }

  #renewed(from: string, renewals: readonly Renewal[], answers: readonly RenewOutcome[]): readonly RenewOutcome[] {
    const model = this.#now();
    renewals.forEach((each, n) => {
      const answer = answers[n];
      this.#tell(from, `renew ${each.id} ${each.token}: ${answer?.kind}`);
      const expected = model.renew(each);
      const [got, wanted] = [JSON.stringify(answer), JSON.stringify(expected)];
      this.#parts.violations.expect(got === wanted, 'fence', () => `renewal of ${each.id} with ${each.token} was ${got}, not ${wanted}`);
    });
    return answers;
  }

  #expired(labourers: readonly string[], limit: number, leases: readonly Lease[]): readonly Lease[] {
    const { violations } = this.#parts;
    const expected = this.#now().expired(labourers);
    for (const { id, token } of leases) {
      const known = expected.some((each) => each.id === id && each.token === token);
      violations.expect(known, 'lease', () => `${id} with ${token} is called expired, and is not`);
    }
    const most = Math.min(limit, expected.length);
    violations.expect(leases.length === most, 'ends', () => `${expected.length} leases are expired, and ${leases.length} were named`);
    return leases;
  }

  #reaped(from: string, verdicts: readonly ExpiryVerdict[], outcomes: readonly Outcome[]): readonly Outcome[] {
    const model = this.#now();
    verdicts.forEach((verdict, n) => {
      const outcome = outcomes[n];
      this.#tell(from, `reap ${verdict.id} ${verdict.token} ${verdict.kind}: ${outcome}`);
      const task = model.tasks.get(verdict.id);
      const hasReaped = outcome === 'applied' || outcome === 'cancelled';
      const live = hasReaped && task !== undefined && task.token === verdict.token && model.isLive(task);
      this.#parts.violations.expect(!live, 'lease', () => `the lease of ${verdict.id} with ${verdict.token} was reaped while it was live`);
      // Reaping what another has settled in the same way may be called repeated or stale: nothing happened, either way.
      const expected = model.reap(verdict);
      this.#parts.violations.expect(
        live || outcome === expected || (!hasReaped && expected === 'stale'),
        'fence',
        () => `reap of ${shown(verdict)} as ${verdict.kind} was ${outcome}, not ${expected}`,
      );
    });
    return outcomes;
  }
}

const roomOf = ({ room }: ClaimRequest): string => (room ? ` room ${JSON.stringify([...room.of, room.others])}` : '');

const shown = (ref: AttemptRef): string => {
  const { id, token } = refOf(ref);
  return `${id} with ${token}`;
};
