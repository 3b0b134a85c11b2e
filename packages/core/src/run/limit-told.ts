import { limitReadings } from '../decide/outcome-limits.ts';
import type { OutcomeEntry } from '../decide/outcomes.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Events } from './events.ts';

/** Says what changed of how many may run, since it last said so in this process. */
export class LimitTold {
  readonly #events: Events;
  readonly #limits = new Map<string, number>();
  readonly #open = new Set<string>();

  constructor(events: Events) {
    this.#events = events;
  }

  tell(labourer: Labourer, entry: OutcomeEntry, now: EpochMs): void {
    const { id } = labourer;
    this.#tellBreaker(id, entry);
    const limited = limitReadings(labourer, entry, now).filter(({ limit }) => limit !== undefined);
    const lowest = limited.reduce<(typeof limited)[number] | undefined>(
      (least, each) => (least?.limit === undefined || (each.limit ?? 0) < least.limit ? each : least),
      undefined,
    );
    const to = lowest?.limit ?? labourer.cap;
    const from = this.#limits.get(id);
    if (from === to) return;
    this.#limits.set(id, to);
    this.#events.emit('limit.changed', { labourer: id, from, to, why: lowest?.reason ?? 'nothing limits it' });
  }

  #tellBreaker(labourer: string, entry: OutcomeEntry): void {
    const open = entry.breaker?.open;
    if (open && !this.#open.has(labourer)) {
      this.#open.add(labourer);
      this.#events.emit('breaker.opened', { labourer, why: open.why, until: open.until });
    } else if (!open && this.#open.delete(labourer)) this.#events.emit('breaker.closed', { labourer });
  }
}
