import { type Labourer, type Lease, leaseLength, type OrchestratorParts, type Reading, refOf, type TickReport } from '@reeve/core';
import type { MakeOrchestrator } from '../services.ts';

/** What is wrong with it. `nothing` is the proof that the rest of it is sound. */
export type Flaw = 'nothing' | 'a refusal' | 'a payload' | 'a health' | 'the floor';

const PATIENCE = 15_000;

class Aborted extends Error {}

/**
 * An Orchestrator as somebody writes it in an afternoon, after the loop of sosw: one labourer after the other, one task after the
 * other. With a flaw, what it is named after ends the round for all.
 */
class PlainOrchestrator {
  readonly #parts: OrchestratorParts;
  readonly #flaw: Flaw;

  constructor(parts: OrchestratorParts, flaw: Flaw) {
    this.#parts = parts;
    this.#flaw = flaw;
  }

  async tick(): Promise<TickReport> {
    const { labourers, clock } = this.#parts;
    const startedAt = clock.now();
    try {
      for (const labourer of labourers) await this.#serve(labourer);
    } catch {
      // Out of the loop: the function fails, and is called again a minute later.
    }
    return { startedAt, endedAt: clock.now(), labourers: [] };
  }

  async run({ signal, pollEvery = 500 }: { readonly signal: AbortSignal; readonly pollEvery?: number }): Promise<void> {
    while (!signal.aborted) {
      void this.tick();
      await this.#parts.clock.sleep(pollEvery, signal);
    }
  }

  async #serve(labourer: Labourer): Promise<void> {
    const { store, chance } = this.#parts;
    const cap = this.#capAt(labourer, await this.#healthOf(labourer));
    const { id, perKey } = labourer;
    const keyed = perKey === undefined ? {} : { perKey };
    const request = { labourer: id, token: chance.id(), cap, limit: cap, lease: leaseLength(labourer), ...keyed };
    const { leases } = await this.#within(store.claim(request)).catch(() => ({ leases: [] }));
    for (const lease of leases) await this.#start(labourer, lease);
  }

  async #healthOf(labourer: Labourer): Promise<Reading | undefined> {
    const [provider] = this.#parts.ecology ?? [];
    if (!provider) return undefined;
    const asking = new AbortController();
    try {
      const [first] = [await this.#within(provider.assess(labourer, asking.signal))].flat();
      return first;
    } catch (error) {
      if (this.#flaw === 'a health') throw error;
      return undefined;
    } finally {
      asking.abort();
    }
  }

  #capAt({ cap, health }: Labourer, reading: Reading | undefined): number {
    const share = reading ? health.coefficients[reading.health] : 1;
    return share === 0 ? 0 : Math.max(this.#flaw === 'the floor' ? 0 : 1, Math.floor(cap * share));
  }

  async #start(labourer: Labourer, lease: Lease): Promise<void> {
    const { store, invoker } = this.#parts;
    if (this.#flaw === 'a payload' && !lease.payload.startsWith('{')) throw new Aborted('the payload is no object');
    const context = { signal: new AbortController().signal, heartbeat: async () => false };
    try {
      const delivery = await this.#within(invoker.invoke(labourer, lease, context));
      if (delivery.kind !== 'refused') return;
      if (this.#flaw === 'a refusal') throw new Aborted('it could not be invoked');
      // While it is refused it is not asked again before the next round.
      await this.#within(store.settle([{ ...refOf(lease), kind: 'released', after: 1_000 }]));
    } catch (error) {
      if (error instanceof Aborted) throw error; // else nobody knows whether it started: left to its lease
    }
  }

  async #within<T>(answer: Promise<T>): Promise<T> {
    const over = new AbortController();
    const silence = this.#parts.clock.sleep(PATIENCE, over.signal).then(() => {
      if (!over.signal.aborted) throw new Error('no answer');
      return answer;
    });
    try {
      return await Promise.race([answer, silence]);
    } finally {
      over.abort();
    }
  }
}

/** For workers that report by themselves. */
export const plainOrchestrator =
  (flaw: Flaw): MakeOrchestrator =>
  (parts) =>
    new PlainOrchestrator(parts, flaw);
