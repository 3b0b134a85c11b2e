import { setTimeout as sleep } from 'node:timers/promises';
import { type Census, createReeve, inProcessInvoker, type Reeve, type TaskRecord } from '@reeve/core';
import type { Sample } from './history/history.ts';
import { instant } from './history/line.ts';
import { moduleOf, type StoreConfig } from './stores.ts';
import { LABOURERS, labourersOf } from './work.ts';

const EVERY = 300;
const PAGE = 1_000;

/** Looks on, past the proxy: a reader that decides nothing. */
export class Watch {
  readonly #config: () => StoreConfig;
  readonly #lease: number;
  #reeve: Reeve | undefined;
  #address = '';
  readonly samples: Sample[] = [];

  constructor(config: () => StoreConfig, lease: number) {
    this.#config = config;
    this.#lease = lease;
  }

  /** Asks the store how many leases run until the signal aborts. A store that does not answer is asked again. */
  async sample(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const counts = await this.census().catch(() => undefined);
      const at = instant();
      for (const [n, labourer] of LABOURERS.entries()) if (counts) this.samples.push({ at, labourer, running: counts[n]?.running ?? 0 });
      await sleep(EVERY);
    }
  }

  async census(): Promise<readonly Census[]> {
    return (await this.#open()).census(LABOURERS);
  }

  /** Everything that the store holds, ended or not. */
  async records(): Promise<readonly TaskRecord[]> {
    const reeve = await this.#open();
    const all: TaskRecord[] = [];
    for (const labourer of LABOURERS)
      for (const state of ['queued', 'running', 'completed', 'dead', 'aside'] as const)
        for (let cursor: string | undefined; ; ) {
          const page = await reeve.list({ labourer, state, limit: PAGE, ...(cursor !== undefined && { cursor }) });
          all.push(...page.tasks);
          cursor = page.cursor;
          if (cursor === undefined) break;
        }
    return all;
  }

  async close(): Promise<void> {
    await this.#reeve?.close();
    this.#reeve = undefined;
  }

  /** After a failover the server is another. */
  async #open(): Promise<Reeve> {
    const config = this.#config();
    const address = JSON.stringify(config);
    if (this.#reeve && this.#address !== address) await this.close();
    this.#address = address;
    const handlers = Object.fromEntries(LABOURERS.map((each) => [each, () => {}]));
    this.#reeve ??= createReeve({ labourers: labourersOf(this.#lease), use: [moduleOf(config), inProcessInvoker({ handlers })] });
    return this.#reeve;
  }
}
