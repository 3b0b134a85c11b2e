import type { Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';

export interface EcologyProvider {
  /**
   * The health of what a labourer depends on, now.
   * @returns no reading if there is no data: the labourer's `onMissing` rule decides then, as it does after a throw
   */
  assess(labourer: Labourer, signal: AbortSignal): Promise<Reading | undefined>;
}
