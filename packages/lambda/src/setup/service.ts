import type { Clock, EpochMs } from '@reeve/core';
import type { Configured } from '../config/configured.ts';
import { describeError, type Logger } from '../logs/logger.ts';
import { open, type Served } from './served.ts';
import type { Parts, Setup } from './setup.ts';

export interface ServiceOptions {
  readonly setup: Setup | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Standing {
  readonly served: Served;
  /** The configuration that it was made of. Absent: it was given. */
  readonly text?: string;
  readAt: EpochMs;
  users: number;
  isRetired: boolean;
}

/**
 * One composition for each container, made by the first invocation and kept over those that follow. If it cannot be made, that invocation
 * fails with the reason, and the next tries anew. One whose configuration has changed gives way to another.
 */
export class Service {
  readonly #options: ServiceOptions;
  #defaults: Configured | undefined;
  #standing: Standing | undefined;
  #making: Promise<Standing> | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  async use<Answer>(work: (served: Served) => Promise<Answer>): Promise<Answer> {
    // Of several invocations at once, for which Lambda may use a container, one makes it and the others wait for that.
    this.#making ??= this.#current().finally(() => {
      this.#making = undefined;
    });
    const standing = await this.#making;
    standing.users += 1;
    try {
      return await work(standing.served);
    } finally {
      standing.users -= 1;
      if (standing.isRetired && standing.users === 0) await this.#close(standing);
    }
  }

  async #current(): Promise<Standing> {
    const { clock, logger } = this.#options;
    const setup = await this.#setup();
    if (!isConfigured(setup)) {
      this.#standing ??= await this.#stand(typeof setup === 'function' ? await setup() : setup);
      return this.#standing;
    }
    const former = this.#standing;
    if (former && clock.now() - former.readAt < setup.maxAge) return former;
    try {
      return await this.#read(setup, former);
    } catch (error) {
      if (!former) throw error;
      former.readAt = clock.now();
      logger.warn('config.failed', { ...describeError(error), goesOn: 'with the configuration that was read before' });
      return former;
    }
  }

  /** Without a setup everything is configured. What reads it is loaded only then. */
  async #setup(): Promise<Setup> {
    if (this.#options.setup) return this.#options.setup;
    const { configured } = await import('../config/configured.ts');
    this.#defaults ??= configured();
    return this.#defaults;
  }

  async #read(setup: Configured, former: Standing | undefined): Promise<Standing> {
    const { clock, logger } = this.#options;
    const read = await setup.read();
    const text = JSON.stringify(read.value);
    if (former?.text === text) {
      former.readAt = clock.now();
      return former;
    }
    const parts = await read.parts();
    const standing = await this.#stand(parts, text).catch((error: unknown) => {
      throw read.explain(error);
    });
    if (!former) return standing;
    logger.info('config.changed', {});
    former.isRetired = true;
    if (former.users === 0) await this.#close(former);
    return standing;
  }

  async #stand(parts: Parts, text?: string): Promise<Standing> {
    const { clock, logger } = this.#options;
    const served = await open(parts, logger);
    this.#standing = { served, ...(text !== undefined && { text }), readAt: clock.now(), users: 0, isRetired: false };
    return this.#standing;
  }

  async #close({ served }: Standing): Promise<void> {
    await served.reeve.close().catch((error: unknown) => this.#options.logger.warn('close.failed', describeError(error)));
  }
}

const isConfigured = (setup: Setup): setup is Configured => typeof setup === 'object' && 'kind' in setup && setup.kind === 'configured';
