import { checkLabourer } from '../decide/check-labourer.ts';
import { needed } from '../decide/needed.ts';
import { changedSettings, checkCap, checkReason, withSettings } from '../decide/settings.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { LabourerSettings, Settings } from '../domain/settings.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Register } from '../ports/register.ts';
import { SharedEntry } from './shared-entry.ts';

export interface SettingsBoardParts {
  readonly labourers: readonly Labourer[];
  /** Without one there are no settings, and none can be made. */
  readonly register: Register | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
}

const NAME = 'settings';

/**
 * What operators set while the system runs, for all its processes. It is one entry, so that one reading of a few bytes tells a process of
 * all its labourers; and it is changed by calls of these methods alone, so that no deployment, old or new, writes over it.
 */
export class SettingsBoard {
  readonly #entry: SharedEntry<Settings> | undefined;
  readonly #known: ReadonlySet<string>;
  readonly #clock: Clock;
  #seen: Settings | undefined;
  #lookedAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SettingsBoardParts) {
    const { register } = parts;
    this.#clock = parts.clock;
    this.#known = new Set(parts.labourers.map(({ id }) => id));
    this.#entry = register && new SharedEntry<Settings>(NAME, { ...parts, register });
    if (!register) this.#seen = {};
  }

  /** False: there is nowhere to keep settings. */
  get isKept(): boolean {
    return this.#entry !== undefined;
  }

  /** As it was last seen. `undefined`: it was not seen yet, so that a labourer may be paused for all that is known. */
  of(labourer: string): LabourerSettings | undefined {
    return this.#seen && (this.#seen[labourer] ?? {});
  }

  /**
   * @param signal ends the waiting for an answer
   * @returns the labourers whose settings are others than they were when it last looked
   */
  async refresh(signal?: AbortSignal): Promise<ReadonlySet<string>> {
    if (!this.#entry) return new Set();
    const before = this.#seen;
    this.#seen = (await this.#entry.look(signal)) ?? {};
    this.#lookedAt = this.#clock.now();
    return before ? changedSettings(before, this.#seen) : this.#known;
  }

  /** Looks unless it did within so long. For whoever asks in a process that does not look by itself: one that does hears of changes from `refresh` alone. */
  async freshen(age: Millis): Promise<void> {
    if (this.#clock.now() - this.#lookedAt > age) await this.refresh();
  }

  async all(): Promise<Settings> {
    return (await this.#entry?.look()) ?? {};
  }

  /**
   * Starts nothing more of this labourer, in any process, within a second. What runs goes on. Pausing it again changes the reason alone.
   * @throws ReeveError UNKNOWN_LABOURER, INVALID_SETTING, PART_MISSING
   */
  pause(labourer: string, reason?: string): Promise<LabourerSettings> {
    const why = checkReason(reason);
    return this.#change(labourer, (own, now) => ({
      ...own,
      paused: { since: own.paused?.since ?? now, ...(why !== undefined && { reason: why }) },
    }));
  }

  /** @throws ReeveError UNKNOWN_LABOURER, PART_MISSING */
  resume(labourer: string): Promise<LabourerSettings> {
    return this.#change(labourer, ({ paused: _, ...rest }) => rest);
  }

  /**
   * Another cap than the defined one. What runs above it goes on.
   * @param cap `null`: as it is defined
   * @throws ReeveError UNKNOWN_LABOURER, INVALID_SETTING, PART_MISSING
   */
  setCap(labourer: string, cap: number | null): Promise<LabourerSettings> {
    const checked = cap === null ? null : checkCap(cap);
    return this.#change(labourer, ({ cap: _, ...rest }) => (checked === null ? rest : { ...rest, cap: checked }));
  }

  async #change(labourer: string, change: (own: LabourerSettings, now: number) => LabourerSettings): Promise<LabourerSettings> {
    const entry = needed(this.#entry, 'Register', 'settings');
    checkLabourer(labourer, this.#known);
    return entry.update<LabourerSettings>((all = {}, now) => {
      const value = withSettings(all, labourer, (own) => change(own, now));
      return { value: Object.keys(value).length === 0 ? null : value, answer: value[labourer] ?? {} };
    });
  }
}
