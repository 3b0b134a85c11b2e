import { capWith, explainCap, healthInForce, isReading, worst } from '../decide/cap.ts';
import { Health, type Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import { type Millis, SECOND } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EcologyProvider } from '../ports/ecology-provider.ts';
import type { Events } from './events.ts';
import type { SettingsBoard } from './settings-board.ts';

export interface CapInForce {
  readonly cap: number;
  readonly reading: Reading;
}

export interface EcologyWatchParts {
  readonly providers: readonly EcologyProvider[];
  readonly clock: Clock;
  readonly events: Events;
  /** What operators set. Default: nothing. */
  readonly settings?: Pick<SettingsBoard, 'of'>;
  /** A provider that has not answered by then counts as one without data. Default 5 s. */
  readonly patience?: Millis;
}

const NO_ECOLOGY: Reading = { health: Health.High, reason: 'no ecology: the whole cap', observedAt: 0 };

/** Asks the providers how a labourer's surroundings do, and says how much of its cap is in force. */
export class EcologyWatch {
  readonly #parts: EcologyWatchParts;
  readonly #last = new Map<string, CapInForce>();

  constructor(parts: EcologyWatchParts) {
    this.#parts = parts;
  }

  /** Never throws: a provider that fails or hangs leaves the labourer to its `onMissing` rule. */
  async capOf(labourer: Labourer): Promise<CapInForce> {
    const last = this.#last.get(labourer.id);
    const readings = await Promise.all(this.#parts.providers.map((each) => this.#ask(each, labourer)));
    // One provider without data must not be outvoted by another that is well: each missing one is filled in by the rule.
    const filled = readings.map((each) => each ?? healthInForce(labourer, undefined, last?.reading));
    const reading = worst(filled) ?? NO_ECOLOGY;
    const inForce = capWith(labourer, reading, this.#parts.settings ? this.#parts.settings.of(labourer.id) : {});
    if (last?.cap !== inForce.cap && (last !== undefined || inForce.cap !== labourer.cap)) {
      const explanation = explainCap(labourer.id, last?.cap ?? labourer.cap, inForce.cap, inForce.reading.reason);
      this.#parts.events.emit('labourer.resized', { labourer: labourer.id, from: last?.cap, to: inForce.cap, explanation });
    }
    this.#last.set(labourer.id, { cap: inForce.cap, reading }); // held to, if there is no other: not what an operator set
    return inForce;
  }

  async #ask(provider: EcologyProvider, labourer: Labourer): Promise<Reading | undefined> {
    const over = new AbortController();
    try {
      const answer = await Promise.race([
        provider.assess(labourer, over.signal),
        this.#parts.clock.sleep(this.#parts.patience ?? 5 * SECOND, over.signal),
      ]);
      return isReading(answer) ? answer : undefined;
    } catch (error) {
      this.#parts.events.emit('labourer.failed', { labourer: labourer.id, error });
      return undefined;
    } finally {
      over.abort(); // ends the sleep, and a provider that still works at it
    }
  }
}
