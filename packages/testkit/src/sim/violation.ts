/** What must never happen has happened. */
export interface Violation {
  /** The invariant: "cap", "fence". See docs/simulation.md. */
  readonly rule: Rule;
  readonly what: string;
}

/**
 * - `cap`          more leases of a labourer run than the cap of the claim that added to them, or of a key than its `perKey`
 * - `fence`        a verdict or a renewal of an attempt that does not own the task was applied, or one of the attempt that does was not
 * - `order`        a claim took others, or fewer, than those that were first in order
 * - `once`         an id that is known was created again, or a verdict was applied twice
 * - `lease`        a lease was taken while it was live, or is not as long as was asked for
 * - `attempts`     an attempt was counted wrongly, or a task was given up too early or too late
 * - `bytes`        a payload, a result or statistics are not what was given
 * - `report`       a task was ended, or queued again, on the word of nobody
 * - `started`      an attempt was given back as never started, and its worker had started
 * - `overlap`      two attempts of one task were at work, and the earlier one had not been told to stop
 * - `due`          a labourer that has work was not named
 * - `lost`         a task that was taken on is gone, or is not where it must be
 * - `operator`     an operator was told something else than became of a task
 * - `outbox`       an end that something follows from was not there, or something was there that is none
 * - `register`     an entry was seen or changed against what lay there
 * - `rate`         more attempts were started in a stretch of time than a rate says
 * - `resource`     attempts at work held more units of a resource than there are
 * - `keep`         an ended task was forgotten that had to be kept, or is kept that had to be forgotten
 * - `batch`        a finalizer came before all members had ended, or a second time, or was told something else than became of them
 * - `ends`         with all faults off, something has not come to its end
 * - `prompt`     with all well, a task was not done at the first attempt and without delay
 * - `stop`         a service that was stopped does not end, or leaves something behind
 * - `busy`       a process wakes again and again for nothing
 * - `rejection`    a promise was rejected and nobody took it
 * - `own`          a check of the user's own
 */
export type Rule =
  | 'cap'
  | 'fence'
  | 'order'
  | 'once'
  | 'lease'
  | 'attempts'
  | 'bytes'
  | 'report'
  | 'started'
  | 'overlap'
  | 'due'
  | 'lost'
  | 'operator'
  | 'outbox'
  | 'register'
  | 'rate'
  | 'resource'
  | 'keep'
  | 'batch'
  | 'ends'
  | 'prompt'
  | 'stop'
  | 'busy'
  | 'rejection'
  | 'own';

/** Collects what is broken; a run stops at the first. */
export class Violations {
  readonly found: Violation[] = [];

  add(rule: Rule, what: string): void {
    this.found.push({ rule, what });
  }

  /** Adds it unless it holds. */
  expect(holds: boolean, rule: Rule, what: () => string): void {
    if (!holds) this.add(rule, what());
  }
}
