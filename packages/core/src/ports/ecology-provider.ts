import type { Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';

export interface EcologyProvider {
  /**
   * The health of what a labourer depends on, now: one reading, or one of each system. The worst counts, and the lowest limit.
   * @returns no reading if there is no data: the labourer's `onMissing` rule decides then, as it does after a throw. An empty list says
   * that it has nothing to do with this labourer
   */
  assess(labourer: Labourer, signal: AbortSignal): Promise<Reading | readonly Reading[] | undefined>;
}
