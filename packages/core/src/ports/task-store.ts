/**
 * The seam between core and a database: what the essentials ask of a store.
 *
 * A store is dumb on purpose. It makes no token, draws no chance, works out no delay, cap or retry: each is
 * an argument. What it owns is the clock. Lengths of time cross this port (a lease of 60 s, a retry after
 * 5 s) and become instants on the store's own clock, so that an orchestrator whose clock is wrong neither
 * expires a live lease nor starts a task early.
 *
 * It owes the caller exactly the promises below. Each has a number; the conformance kit of @reeve/testkit
 * names its cases after them. Promises of safety hold at every instant and through any crash; those marked
 * (settled) hold once earlier writes have reached the store's indexes.
 *
 * What is deliberately not here: connecting and closing (whoever built the client owns it), a free-form
 * update, a list by filter, and anything an operator does (see `task-reader.ts`).
 */

import type { Retention } from '../domain/labourer.ts';
import type { AttemptRef, ExpiryVerdict, Lease, NewTask, Outcome, TaskKey, Verdict } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';

export interface StoreCapabilities {
  /** For people and reports: "sqlite". */
  readonly name: string;
  /** `server`: instants are the database's own. `process`: this process's clock decides, within a stated guard band. */
  readonly clock: 'server' | 'process';
  /** What an answered write survives: the end of this process, the loss of power, the loss of a machine. */
  readonly survives: 'nothing' | 'process' | 'power' | 'machine';
  /** The longest payload text it takes, in bytes of UTF-8. */
  readonly maxPayloadBytes: number;
  /** How far apart the clocks of two orchestrators may be before a promise on time is off. 0 with a server clock. */
  readonly clockGuard: Millis;
  /**
   * Promises of this port that the store does not keep, by their numbers, such as `C11`: its README says why. A labourer that needs one of
   * them is refused when the composition is put together. Default: none.
   */
  readonly lacks?: readonly string[];
  /**
   * How many exchanges of one labourer a process does best to have under way at once: 2 where a server works at one while the
   * process runs the attempts of another. Default 1.
   */
  readonly exchangesAtOnce?: number;
  /** With fewer tasks than this for each, several exchanges at once cost more than they win. Default 8. */
  readonly leastPerExchange?: number;
}

export interface ClaimRequest {
  readonly labourer: string;
  /**
   * New for every call. With a task's id it names one attempt. If a network carries a call out twice, two attempts of a task can bear one
   * token, and a verdict of the first counts for the second: harmless, since no caller ever learns of that one.
   */
  readonly token: string;
  /** Running leases of this labourer, over all orchestrators, never exceed this. A whole number, 0 or more. */
  readonly cap: number;
  /** Running leases of this labourer with one key, over all orchestrators, never exceed this. A whole number, 1 or more. Absent: keys do not count. */
  readonly perKey?: number;
  /** What this call may take of each key. Absent: as much as `perKey` leaves. */
  readonly room?: KeyRoom;
  /** Claim no more than this many in this call. A whole number, 0 or more. */
  readonly limit: number;
  readonly lease: Millis;
}

/** How much one claim may take by key: what is left of a rate. */
export interface KeyRoom {
  /** Of these keys, each a whole number, 0 or more. At most 500 keys. */
  readonly of: ReadonlyMap<string, number>;
  /** Of any other key. A whole number, 1 or more. */
  readonly others: number;
}

/** A stored task that cannot be run as it stands, such as a row that another program wrote with a wrong type. */
export interface SetAside extends TaskKey {
  readonly problem: string;
}

export interface ClaimAnswer {
  /** In the order in which they are to start. */
  readonly leases: readonly Lease[];
  /** Broken tasks that were met and taken out of the way. Each is reported to one caller. */
  readonly aside?: readonly SetAside[];
  /** Tasks whose time had run out, and that were met and dropped. Each is reported to one caller. */
  readonly dropped?: readonly TaskKey[];
  /**
   * How long until more will be due, as far as this store has seen. 0: something is due now and was not taken, for want of places or of
   * room of its key, or since one call drops only so many. Absent: it cannot tell.
   */
  readonly nextDueIn?: Millis;
}

export interface ExchangeAnswer extends ClaimAnswer {
  readonly outcomes: readonly Outcome[];
}

export interface Renewal extends AttemptRef {
  /** The new length of the lease, from now on the store's clock. */
  readonly lease: Millis;
}

/** `cancelled`: the task is to be cancelled. The lease lasts as long as it did, and its attempt is to stop and say so with any verdict. */
export type RenewOutcome =
  | { readonly kind: 'renewed'; readonly deadline: EpochMs }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stale' };

export interface MaintenanceReport {
  /** What was done, by the store's own words for it: `{ purged: 40, repaired: 1 }`. */
  readonly done: Readonly<Record<string, number>>;
  /** There is more of it: call again soon. */
  readonly more: boolean;
}

export interface TaskStore {
  readonly capabilities: StoreCapabilities;

  /**
   * An id for a task that its author gave none, from a store that has use for one of a kind: it is new, as long as the store makes it.
   * Absent, or `undefined`: any random id is as good.
   */
  newId?(task: Pick<NewTask, 'labourer' | 'due'>): string | undefined;

  /**
   * E1 Each task is stored whole or not at all; one that cannot be stored fails the call before anything is written.
   * E2 A task whose id is known, queued, running or ended (for as long as the store keeps ended tasks), is left as it
   *    is and answered `duplicate`; so is the second of two with one id in a call.
   * E3 Answers are in the order of the arguments.
   * E4 An empty call is answered at once.
   */
  enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]>;

  /**
   * D1 Names each of these labourers that has a task due now; it may name others. (settled)
   * D2 Costs a handful of requests for a hundred idle labourers.
   */
  labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * Takes due tasks of one labourer, writes token and deadline, and counts the attempt.
   *
   * C1 No task is ever held by two running leases.
   * C2 At no instant do more than `cap` leases of the labourer run, over all callers. A cap that was lowered below what
   *    runs stops new claims and ends nothing.
   * C3 Uncontended, it takes exactly min(limit, cap - running, due), never fewer than zero. (settled)
   * C4 An expired lease holds no place under the cap, and neither does an ended task.
   * C5 A crash part-way leaves tasks that look like lost attempts: none is lost, none is doubled.
   * C6 Order: of the due ones the highest priority first; of one priority, retries and released tasks first, then first in,
   *    first out: by due time, then in the order of enqueueing; of two connections that enqueue within one tick of the clock, none is
   *    the first. A task that is not due yet holds up no other, whatever its priority. (settled)
   * C7 A task is due at the very instant it names, and not before, on the store's clock.
   * C8 A labourer's claims neither see nor touch another labourer's tasks or places.
   * C9 A broken task stops no other: it is set aside and reported.
   * C10 A task of which no attempt was counted is not claimed at its `expiresAt` nor after it: whoever meets it drops it. It ends `dropped`,
   *    holds up no other, and the claims that meet it go on to the next; one that meets more of them than it can drop answers
   *    `nextDueIn` 0. A retry does not expire; a released task, whose attempt is not counted, does.
   * C11 With `perKey`: at no instant do more than that many leases with one key run, over all callers that say as much. C4 holds for it as for
   *    the cap. A task without a key is not limited by it.
   * C12 With `perKey`: a task whose key is full holds up no other, and keys take turns. Again and again the next is taken of the key of
   *    which the fewest run, those that this claim took so far included; of several keys the one whose first task is the first by C6;
   *    within a key by C6. Tasks without a key take turns as if they had one. C3 is of those that their keys allow. (settled)
   * C13 With `room`: this call takes no more of a key than that, whatever else is free. A task whose key has no room left holds up no other,
   *    and keys take turns as in C12, with `perKey` or without. A task without a key has room. Leases say the key of their task.
   */
  claim(request: ClaimRequest): Promise<ClaimAnswer>;

  /**
   * Decides what became of attempts, each on its own, answers in the order of the arguments.
   *
   * V1 Only the current token may decide, also after the deadline, until the attempt is reaped or claimed again.
   *    Any other verdict is `stale` and changes nothing; an unknown id creates nothing.
   * V2 The first verdict wins; the same kind again from the same attempt is `repeated`.
   * V3 `completed` keeps result and statistics as they were given. The task is ended and never runs again.
   * V4 `retry` queues the task at the head of its priority, due after the wait; the attempt stays counted; the error is kept.
   * V5 `dead` ends the task with its error. The last 10 errors of a task are kept, each with its attempt and instant.
   * V6 `released` queues the task again, due after the wait if there is one; the attempt is not counted.
   * V7 The place under the cap is free when the answer arrives.
   * V8 One bad verdict of a call does not stop the others. Only a result longer than the store can keep fails the call,
   *    with PAYLOAD_TOO_LARGE and before anything is written: whoever gave it gives the others again.
   * V9 The first verdict of an attempt whose task is to be cancelled, whatever it says, ends the task as `cancelled` and is answered so;
   *    the attempts stay as they were counted. So does a reap.
   */
  settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]>;

  /** X1 The same as `settle`, then `claim`: the places of finished attempts pass to the next, in one exchange where the database can. */
  exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer>;

  /**
   * N1 Moves the deadline of a running lease; answers in the order of the arguments.
   * N2 An expired, ended or foreign attempt is `stale`: its place may have passed to another. Nothing is revived.
   * N3 An attempt whose task is to be cancelled is `cancelled`, as long as its lease lasts; its deadline stays where it was.
   */
  renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]>;

  /** R1 Leases of these labourers whose deadline has passed, the oldest first, at most `limit` in all. (settled) */
  expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]>;

  /**
   * As `settle`, for whoever found a lease expired.
   * R2 Applies only while the lease is expired on the store's clock and its token is current: a lease that was renewed,
   *    settled or claimed again meanwhile is `stale`.
   */
  reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]>;

  /**
   * M1 Keeps the store's own house: finishes what crashes left, forgets ended tasks past their keep. Bounded: it does a
   *    page of work and says whether there is more. Any number of callers may do it at once.
   * M2 With the `retention` of a labourer: an ended task that is older than its `age`, or of whose labourer and state there are `count` newer ones, is forgotten by a later call;
   *    no other is, and none that is in the outbox. A task that is forgotten may be enqueued anew. (settled)
   */
  maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport>;
}
