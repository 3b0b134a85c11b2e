import { limitReadings } from '../decide/outcome-limits.ts';
import { NO_ENTRY } from '../decide/outcomes.ts';
import type { Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import { type Millis, SECOND } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EcologyProvider } from '../ports/ecology-provider.ts';
import type { Events } from './events.ts';
import type { OutcomeBook } from './outcome-book.ts';
import { over } from './over.ts';

export interface AdaptiveEcologyParts {
  readonly book: Pick<OutcomeBook, 'of' | 'refresh'>;
  readonly clock: Clock;
  readonly events: Events;
}

/** Less than what anybody waits for a provider: what was heard last is better than no answer. */
const PATIENCE: Millis = 2 * SECOND;

/** Caps that follow what attempts come to, and breakers. */
export class AdaptiveEcology implements EcologyProvider {
  readonly #parts: AdaptiveEcologyParts;

  constructor(parts: AdaptiveEcologyParts) {
    this.#parts = parts;
  }

  /** Never throws: while the register cannot be reached, what was heard last is in force; and where nothing was, what it begins with. */
  async assess(labourer: Labourer): Promise<readonly Reading[]> {
    const { health, id } = labourer;
    if (!health.adaptive && !health.breaker) return [];
    const { book, clock } = this.#parts;
    await this.#refresh();
    const known = book.of(id);
    return limitReadings(labourer, known?.entry ?? NO_ENTRY, known?.now ?? clock.now());
  }

  async #refresh(): Promise<void> {
    const { book, clock, events } = this.#parts;
    const answered = new AbortController();
    const refreshed = book.refresh().catch((error: unknown) => events.emit('store.failed', { error }));
    await Promise.race([refreshed, clock.sleep(PATIENCE, answered.signal)]);
    over(answered);
  }
}
