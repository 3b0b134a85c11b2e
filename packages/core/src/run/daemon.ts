import type { Labourer } from '../domain/labourer.ts';
import { type Millis, SECOND } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { WakeUps } from '../ports/wake-ups.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Doorbell } from './doorbell.ts';
import type { EcologyWatch } from './ecology-watch.ts';
import type { Events } from './events.ts';
import type { Holds } from './holds.ts';
import { inTime } from './in-time.ts';
import { LabourerLoop } from './labourer-loop.ts';
import { pauseAfter } from './persist.ts';
import type { SettingsBoard } from './settings-board.ts';
import { announcer, type VerdictBox } from './verdict-box.ts';

export interface DaemonOptions {
  /** Aborting it stops the daemon gracefully. */
  readonly signal: AbortSignal;
  /** How often the store is asked which idle labourers have work, whatever wake-ups there are. Default 500 ms. */
  readonly pollEvery?: Millis;
  /** How often health is looked at. Default 10 s. */
  readonly assessEvery?: Millis;
  /** How long a stop waits for what is under way before it interrupts it. Default 30 s. */
  readonly drain?: Millis;
  /** How long interrupted work has to end before it is left to its lease. Default 5 s. */
  readonly grace?: Millis;
}

export interface DaemonParts {
  readonly labourers: readonly Labourer[];
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
  readonly doorbell: Doorbell;
  readonly ecology: EcologyWatch;
  readonly settings: SettingsBoard;
  readonly dispatcher: Dispatcher;
  readonly holds: Holds;
  readonly wakeUps: readonly WakeUps[];
  readonly verdicts: VerdictBox;
  readonly parallelism: number;
  readonly mostPerClaim: number;
  /** Most leases that one labourer holds here at once. */
  readonly mostHeld: number;
}

const SETTINGS_EVERY: Millis = SECOND / 2;

/** One loop per labourer, one poll and one look at health for all of them. */
export class Daemon {
  readonly #parts: DaemonParts;
  readonly #loops: ReadonlyMap<string, LabourerLoop>;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    const announce = announcer(parts.events, parts.doorbell);
    const { exchangesAtOnce = 1, leastPerExchange = 8 } = parts.store.capabilities;
    const shares = { exchangesAtOnce, leastPerExchange };
    this.#loops = new Map(parts.labourers.map((labourer) => [labourer.id, new LabourerLoop({ ...parts, labourer, announce, ...shares })]));
  }

  async run({ signal, pollEvery = 500, assessEvery = 10 * SECOND, drain = 30 * SECOND, grace = 5 * SECOND }: DaemonOptions): Promise<void> {
    const { clock, doorbell, dispatcher, events } = this.#parts;
    const loops = [...this.#loops.values()];
    const offBell = doorbell.onRing((labourer) => this.#loops.get(labourer)?.ring());
    // A limit that its attempts set is in force when it is known, not at the next look.
    const offLimits = events.on('limit.changed', ({ labourer }) => {
      const own = this.#parts.labourers.find(({ id }) => id === labourer);
      if (own && !stopped.aborted) void this.#resize(own);
    });
    const ended = new AbortController();
    const stopped = AbortSignal.any([signal, ended.signal]);
    const stop = async (): Promise<void> => {
      for (const loop of loops) loop.stop();
      await clock.sleep(drain, ended.signal);
      if (!ended.signal.aborted) dispatcher.interruptAll();
      await clock.sleep(grace, ended.signal);
    };
    // Once the time for a graceful end is over, nothing is waited for any more: neither a worker nor an answer of the store.
    const patienceOver = new Promise<void>((resolve) => {
      const onAbort = (): void => void stop().then(resolve);
      if (stopped.aborted) onAbort();
      else stopped.addEventListener('abort', onAbort, { once: true });
    });
    const service = [this.#poll(stopped, pollEvery), this.#assessAll(stopped, assessEvery), this.#heed(stopped)];
    const listening = this.#parts.wakeUps.map((each) => this.#listen(each, stopped));
    const served = Promise.all(loops.map((each) => each.run()));
    try {
      await Promise.race([served, patienceOver]);
    } finally {
      ended.abort();
      offBell();
      offLimits();
      for (const loop of loops) loop.abandon();
      dispatcher.close();
      await Promise.all(service);
      const closed = new AbortController();
      await Promise.race([Promise.all(listening), clock.sleep(grace, closed.signal)]);
      closed.abort();
    }
  }

  /** Hears of other processes' work for as long as the daemon runs. Where nobody can be heard, polling finds the same. */
  async #listen(wakeUps: WakeUps, signal: AbortSignal): Promise<void> {
    try {
      const end = await wakeUps.listen([...this.#loops.keys()], (labourer) => this.#loops.get(labourer)?.ring());
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await end();
    } catch (error) {
      this.#parts.events.emit('store.failed', { error });
    }
  }

  async #poll(signal: AbortSignal, every: Millis): Promise<void> {
    const { store, clock, chance, events } = this.#parts;
    for (let failures = 0; !signal.aborted; ) {
      // Polls of many processes that started together drift apart.
      await clock.sleep(failures === 0 ? every * (0.75 + chance.random() / 2) : every + pauseAfter(failures, chance.random()), signal);
      const waiting = [...this.#loops].filter(([, loop]) => loop.waitsForWork).map(([id]) => id);
      if (signal.aborted || waiting.length === 0) continue;
      try {
        for (const id of await inTime(clock, 'labourersWithDue', () => store.labourersWithDue(waiting), signal))
          this.#loops.get(id)?.ring();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        events.emit('store.failed', { error });
      }
    }
  }

  /** Each labourer is looked at on its own: what hangs holds up nobody else. */
  async #assessAll(signal: AbortSignal, every: Millis): Promise<void> {
    await this.#readSettings(signal); // so that nobody is thought paused for want of a look
    await Promise.all(this.#parts.labourers.map((each) => this.#assess(each, signal, every)));
  }

  async #assess(labourer: Labourer, signal: AbortSignal, every: Millis): Promise<void> {
    while (!signal.aborted) {
      await this.#resize(labourer);
      await this.#parts.clock.sleep(every, signal);
    }
  }

  /** What operators set is in force within a second, in every process. */
  async #heed(signal: AbortSignal): Promise<void> {
    const { labourers, settings, clock, chance } = this.#parts;
    for (let failures = 0; settings.isKept && !signal.aborted; ) {
      await clock.sleep(SETTINGS_EVERY + (failures === 0 ? 0 : pauseAfter(failures, chance.random())), signal);
      const changed = signal.aborted ? new Set() : await this.#readSettings(signal);
      failures = changed ? 0 : failures + 1;
      if (changed) await Promise.all(labourers.filter(({ id }) => changed.has(id)).map((each) => this.#resize(each)));
    }
  }

  /** @returns the labourers whose settings are others than before; undefined if the register could not be read */
  async #readSettings(signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
    try {
      return await this.#parts.settings.refresh(signal);
    } catch (error) {
      if (!signal.aborted) this.#parts.events.emit('store.failed', { error });
      return undefined;
    }
  }

  async #resize(labourer: Labourer): Promise<void> {
    this.#loops.get(labourer.id)?.resize((await this.#parts.ecology.capOf(labourer)).cap);
  }
}
