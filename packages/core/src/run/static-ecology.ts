import { Health, type Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { EcologyProvider } from '../ports/ecology-provider.ts';

/** Health by decree: one level for all, or a level by labourer (others are High). For tests, and for switching off by hand. */
export class StaticEcology implements EcologyProvider {
  readonly #level: Health | Readonly<Record<string, Health>>;

  constructor(level: Health | Readonly<Record<string, Health>> = Health.High) {
    this.#level = level;
  }

  async assess({ id }: Labourer): Promise<Reading> {
    const level = this.#level;
    const health = typeof level === 'number' ? level : Object.hasOwn(level, id) ? (level[id] ?? Health.High) : Health.High;
    return { health, reason: `health is set to ${health}`, observedAt: 0 };
  }
}
