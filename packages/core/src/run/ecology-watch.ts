import { decideCap, explainCap, explainHealth, isReading, readingsInForce, worst } from '../decide/cap.ts';
import { type CapDecision, type Explanation, Health, type Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import { type EpochMs, type Millis, SECOND } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EcologyProvider } from '../ports/ecology-provider.ts';
import type { Events } from './events.ts';
import type { SettingsBoard } from './settings-board.ts';

export interface EcologyWatchParts {
  readonly providers: readonly EcologyProvider[];
  readonly clock: Clock;
  readonly events: Events;
  /** What operators set. Default: nothing. */
  readonly settings?: Pick<SettingsBoard, 'of'>;
  /** A provider that has not answered by then counts as one without data. Default 5 s. */
  readonly patience?: Millis;
}

/** What is known of one labourer. */
interface Seen {
  readonly decision: CapDecision;
  readonly since: EpochMs;
  readonly lookedAt: EpochMs;
  /** Of each provider: held to, while it has none. Not what an operator set. */
  readonly readings: readonly (readonly Reading[])[];
  readonly recent: Explanation['recent'];
}

/** A process that does not look by itself, since it serves nobody, looks again for whoever asks after so long. */
const FRESH: Millis = 30 * SECOND;

/** So many of the last changes are remembered. */
const RECENT = 20;

/** Asks the providers how a labourer's surroundings do, says how much of its cap is in force, and can say why. */
export class EcologyWatch {
  readonly #parts: EcologyWatchParts;
  readonly #seen = new Map<string, Seen>();

  constructor(parts: EcologyWatchParts) {
    this.#parts = parts;
  }

  /** Never throws: a provider that fails or hangs leaves the labourer to its `onMissing` rule. */
  async capOf(labourer: Labourer): Promise<CapDecision> {
    const { providers, clock, settings } = this.#parts;
    const answers = await Promise.all(providers.map((each) => this.#ask(each, labourer)));
    // Another look may have ended meanwhile. From here on nothing is waited for, so what was seen last is what is built upon.
    const last = this.#seen.get(labourer.id);
    // One provider without data must not be outvoted by another that is well: each missing one is filled in by the rule.
    const readings = answers.map((each, n) => readingsInForce(labourer, each, last?.readings[n]));
    const decision = decideCap(labourer, readings.flat(), settings ? settings.of(labourer.id) : {});
    const recent = [...(last?.recent ?? []), ...this.#tell(labourer, last?.decision, decision)].slice(-RECENT);
    const lookedAt = clock.now();
    const since = last?.decision.cap === decision.cap ? last.since : lookedAt;
    this.#seen.set(labourer.id, { decision, since, lookedAt, readings, recent });
    return decision;
  }

  /** Of the last look, or of one now if that is too long ago. */
  async explain(labourer: Labourer): Promise<Explanation> {
    const { clock } = this.#parts;
    const lookedAt = this.#seen.get(labourer.id)?.lookedAt ?? Number.NEGATIVE_INFINITY;
    if (clock.now() - lookedAt > FRESH) await this.capOf(labourer);
    const { decision, since, recent } = this.#seen.get(labourer.id) as Seen;
    const now = clock.now();
    const readings = decision.readings.map((each) => ({ ...each, age: Math.max(0, now - each.observedAt) }));
    return { labourer: labourer.id, ...decision, readings, since, recent };
  }

  /** A beginning at the whole cap and in High health is no news. @returns what was told */
  #tell({ id, cap }: Labourer, last: CapDecision | undefined, { why, ...now }: CapDecision): Explanation['recent'] {
    const { events, clock } = this.#parts;
    const told: string[] = [];
    if (last?.health !== now.health && (last || now.health !== Health.High)) {
      // What decides about the cap may be a limit, and health is that of another reading.
      const explanation = explainHealth(id, last?.health, now.health, worst(now.readings)?.reason ?? why);
      events.emit('labourer.health', { labourer: id, from: last?.health, to: now.health, explanation });
      told.push(explanation);
    }
    if (last?.cap !== now.cap && (last || now.cap !== cap)) {
      const explanation = explainCap(id, last?.cap ?? cap, now.cap, why);
      events.emit('labourer.resized', { labourer: id, from: last?.cap, to: now.cap, explanation });
      told.push(explanation);
    }
    if (now.wouldBe !== undefined && last?.wouldBe !== now.wouldBe && (last || now.wouldBe !== now.cap)) {
      const explanation = explainCap(id, last?.wouldBe ?? now.most, now.wouldBe, why);
      events.emit('labourer.dryRun', { labourer: id, from: last?.wouldBe, to: now.wouldBe, explanation });
      told.push(explanation);
    }
    return told.map((what) => ({ at: clock.now(), what }));
  }

  async #ask(provider: EcologyProvider, labourer: Labourer): Promise<readonly Reading[] | undefined> {
    const over = new AbortController();
    const { clock, events, patience = 5 * SECOND } = this.#parts;
    try {
      const answer = await Promise.race([provider.assess(labourer, over.signal), clock.sleep(patience, over.signal)]);
      const readings: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
      const now = clock.now();
      return readings.every((each) => isReading(each, now)) ? readings : undefined;
    } catch (error) {
      events.emit('labourer.failed', { labourer: labourer.id, error });
      return undefined;
    } finally {
      over.abort(); // ends the sleep, and a provider that still works at it
    }
  }
}
