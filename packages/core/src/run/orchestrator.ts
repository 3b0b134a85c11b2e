import { checkLabourer } from '../decide/check-labourer.ts';
import { claimOf } from '../decide/claim-of.ts';
import type { Explanation } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { Lease, Verdict } from '../domain/task.ts';
import { type EpochMs, type Millis, SECOND } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { EcologyProvider } from '../ports/ecology-provider.ts';
import type { Invoker } from '../ports/invoker.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { WakeUps } from '../ports/wake-ups.ts';
import type { CancelParts } from './cancel-watch.ts';
import { Daemon, type DaemonOptions } from './daemon.ts';
import { Dispatcher } from './dispatcher.ts';
import { Doorbell } from './doorbell.ts';
import { EcologyWatch } from './ecology-watch.ts';
import { Events } from './events.ts';
import { Holds } from './holds.ts';
import { inTime } from './in-time.ts';
import { persist } from './persist.ts';
import type { LabourerReport, TickReport } from './reports.ts';
import { SettingsBoard } from './settings-board.ts';
import { dispatchAll, type Tally } from './turn.ts';
import { announcer, VerdictBox } from './verdict-box.ts';

export interface OrchestratorParts {
  readonly labourers: readonly Labourer[];
  readonly store: TaskStore;
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Default: none, and health is High. */
  readonly ecology?: readonly EcologyProvider[];
  /** What hears of work that other processes make. Default: none, and polling finds it. */
  readonly wakeUps?: readonly WakeUps[];
  /** Where operators set what stands above the definitions. Default: nowhere. */
  readonly settings?: SettingsBoard;
  readonly events?: Events;
  readonly doorbell?: Doorbell;
  /** Tells workers of cancellations before their next heartbeat. Default: with it. */
  readonly cancels?: CancelParts | undefined;
}

/** Most leases of one claim: what is beyond is taken by the next. */
export const MOST_PER_CLAIM = 1_000;

/** How many calls of `invoke` may be under way at once for one labourer: what the invoker says, and never none. */
const lanesOf = ({ parallelism = Number.POSITIVE_INFINITY }: Invoker): number => (parallelism >= 1 ? Math.floor(parallelism) : 1);

/**
 * Most leases that are held at once: as many again as the invoker can start, so that the next are there when a lane frees. More
 * would wait while others could start them, and run out before their turn.
 */
const mostHeldFor = (invoker: Invoker): number => 2 * lanesOf(invoker);

/** How long a tick goes on giving the store a verdict that it could not take, at most. */
const VERDICT_PATIENCE: Millis = 30 * SECOND;

type Round = Tally & { readonly claimed: number; readonly aside: number };

/** Starts what may be started. Any number of them may serve the same labourers at once: the store keeps the cap. */
export class Orchestrator {
  readonly #parts: Required<Omit<OrchestratorParts, 'cancels'>> & Pick<OrchestratorParts, 'cancels'>;
  readonly #ecology: EcologyWatch;
  readonly #dispatcher: Dispatcher;
  readonly #holds: Holds;
  readonly #verdicts: VerdictBox;

  constructor(parts: OrchestratorParts) {
    const { clock, chance, events = new Events(), doorbell = new Doorbell(), ecology = [], wakeUps = [] } = parts;
    const settings = parts.settings ?? new SettingsBoard({ ...parts, register: undefined });
    this.#parts = { ...parts, events, doorbell, ecology, wakeUps, settings };
    this.#ecology = new EcologyWatch({ providers: ecology, clock, events, settings });
    this.#dispatcher = new Dispatcher(this.#parts);
    this.#holds = new Holds(clock, chance, events);
    const settle: TaskStore['settle'] = (verdicts) => inTime(clock, 'settle', () => parts.store.settle(verdicts));
    this.#verdicts = new VerdictBox({ settle }, announcer(events, doorbell));
  }

  /**
   * One round: every labourer with due tasks is served once, side by side; the error of one is in its report and stops
   * no other. Resolves when all invocations have been answered; with an invoker that runs the work itself, when it is done.
   */
  async tick(): Promise<TickReport> {
    const { labourers, store, clock, events } = this.#parts;
    const startedAt = clock.now();
    const names = labourers.map(({ id }) => id);
    await this.#parts.settings.refresh().catch((error: unknown) => events.emit('store.failed', { error }));
    // If the store cannot say who has work, each labourer's own claim finds out, and fails on its own.
    const due = await inTime(clock, 'labourersWithDue', () => store.labourersWithDue(names)).catch(() => new Set(names));
    const reports = await Promise.all(labourers.map((each) => this.#serve(each, due.has(each.id))));
    const report = { startedAt, endedAt: clock.now(), labourers: reports };
    events.emit('tick', report);
    return report;
  }

  /**
   * Serves until the signal aborts: wakes when work arrives or a place frees, looks by itself at intervals, and then
   * stops gracefully. A lost store is waited for, never died of.
   */
  run(options: DaemonOptions): Promise<void> {
    const { labourers, store, invoker, clock, chance, events, doorbell } = this.#parts;
    return new Daemon({
      labourers,
      store,
      clock,
      chance,
      events,
      doorbell,
      parallelism: lanesOf(invoker),
      ecology: this.#ecology,
      settings: this.#parts.settings,
      wakeUps: this.#parts.wakeUps,
      // Its own: when it stops, it interrupts what it started and nothing else.
      dispatcher: new Dispatcher({ ...this.#parts, lingers: true }),
      holds: this.#holds,
      verdicts: this.#verdicts,
      mostPerClaim: MOST_PER_CLAIM,
      mostHeld: mostHeldFor(invoker),
    }).run(options);
  }

  /**
   * Why this labourer has the cap that it has, as this process sees it.
   * @throws ReeveError UNKNOWN_LABOURER
   */
  async explain(labourer: string): Promise<Explanation> {
    const { labourers, settings, events } = this.#parts;
    const known = new Map(labourers.map((each) => [each.id, each]));
    const own = known.get(checkLabourer(labourer, known)) as Labourer;
    await settings.freshen(5 * SECOND).catch((error: unknown) => events.emit('store.failed', { error }));
    return this.#ecology.explain(own);
  }

  async #serve(labourer: Labourer, mayHaveDue: boolean): Promise<LabourerReport> {
    const { events } = this.#parts;
    const blank = { labourer: labourer.id, idle: !mayHaveDue, claimed: 0, accepted: 0, finished: 0, refused: 0, unknown: 0, aside: 0 };
    let known: Partial<LabourerReport> = {};
    try {
      const { cap, why } = await this.#ecology.capOf(labourer);
      known = { cap, why };
      const heldUntil = this.#holds.until(labourer.id);
      if (heldUntil !== undefined) return { ...blank, ...known, heldUntil };
      if (!mayHaveDue || cap === 0) return { ...blank, ...known };
      const report = { ...blank, ...known, ...(await this.#claimAndDispatch(labourer, cap)) };
      events.emit('labourer.served', report);
      return report;
    } catch (error) {
      events.emit('labourer.failed', { labourer: labourer.id, error });
      return { ...blank, ...known, error };
    }
  }

  /** Claims and starts up to the cap, in rounds that the invoker can start soon. */
  async #claimAndDispatch(labourer: Labourer, cap: number): Promise<Partial<LabourerReport>> {
    const settling: Promise<{ readonly error?: unknown }>[] = [];
    const total = { claimed: 0, accepted: 0, finished: 0, refused: 0, unknown: 0, aside: 0 };
    const most = Math.min(cap, MOST_PER_CLAIM);
    let failure: { readonly error?: unknown } | undefined;
    try {
      for (let more = true; more; ) {
        const limit = Math.min(most - total.claimed, mostHeldFor(this.#parts.invoker));
        const round = await this.#round(labourer, cap, limit, settling);
        for (const name of ['claimed', 'accepted', 'finished', 'refused', 'unknown', 'aside'] as const) total[name] += round[name];
        more = round.claimed === limit && round.refused === 0 && total.claimed < most;
      }
    } catch (error) {
      if (total.claimed === 0) throw error;
      failure = { error }; // what earlier rounds started is told all the same
      this.#parts.events.emit('labourer.failed', { labourer: labourer.id, error });
    }
    const unsettled = (await Promise.all(settling)).find((each) => 'error' in each);
    return { ...total, ...(failure ?? unsettled) };
  }

  async #round(labourer: Labourer, cap: number, limit: number, settling: Promise<{ readonly error?: unknown }>[]): Promise<Round> {
    const { store, clock, chance, events, invoker } = this.#parts;
    const request = claimOf(labourer, { token: chance.id(), cap, limit });
    const since = clock.now();
    const { leases, aside = [], dropped = [] } = await inTime(clock, 'claim', () => store.claim(request));
    for (const each of aside) events.emit('task.aside', each);
    for (const each of dropped) events.emit('task.dropped', each);
    const tally = await dispatchAll(labourer, leases, {
      dispatcher: this.#dispatcher,
      holds: this.#holds,
      since,
      parallelism: lanesOf(invoker),
      onVerdict: (verdict, lease) => settling.push(this.#settle(verdict, lease)),
    });
    return { ...tally, claimed: leases.length, aside: aside.length };
  }

  /** The work is done and only the word of it is missing: worth several tries, while the lease lasts. */
  async #settle(verdict: Verdict, lease: Lease): Promise<{ readonly error?: unknown }> {
    const { clock, chance } = this.#parts;
    const until: EpochMs = clock.now() + Math.min(VERDICT_PATIENCE, lease.deadline - lease.claimedAt);
    try {
      await persist(() => this.#verdicts.settleOrBury(verdict), { clock, chance, until });
      return {};
    } catch (error) {
      return { error };
    }
  }
}
