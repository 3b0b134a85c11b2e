import { createHash } from 'node:crypto';
import { type Millis, ReeveError } from '@reeve/core';
import { isCluster, type RedisClient } from './client.ts';
import { redisFault } from './faults.ts';

export interface Script {
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

export const scriptOf = (name: string, text: string): Script => ({ name, text, sha: createHash('sha1').update(text).digest('hex') });

export interface WaitFor {
  /** How many replicas must have a write before it is answered. */
  readonly replicas: number;
  /** How long they are waited for. */
  readonly timeout: Millis;
}

type Arg = string | number;
type Call = (args: readonly Arg[]) => Promise<unknown>;

export interface ScriptsParts {
  readonly client: () => RedisClient;
  readonly waitFor: WaitFor | undefined;
  /** In tests, the server's clock. */
  readonly now: (() => number) | undefined;
  /** What the connection itself said last. */
  readonly lastError: () => Error | undefined;
}

/** Runs scripts by their hash. A server that has not got one, or has forgotten it, is sent the text. */
export class Scripts {
  readonly #parts: ScriptsParts;

  constructor(parts: ScriptsParts) {
    this.#parts = parts;
  }

  /** Labourers may then be on different servers, and no script sees two of them. */
  get spread(): boolean {
    return isCluster(this.#parts.client());
  }

  /** @throws ReeveError as `redisFault` has it */
  read(script: Script, keys: readonly string[], args: readonly Arg[]): Promise<unknown> {
    return this.#run(script, keys, args, undefined);
  }

  /**
   * As `read`, and waits for the replicas if there is an order to.
   * @throws ReeveError STORE_NOT_REPLICATED: it is written, and may be lost with the primary
   */
  write(script: Script, keys: readonly string[], args: readonly Arg[]): Promise<unknown> {
    return this.#run(script, keys, args, this.#parts.waitFor);
  }

  async #run(script: Script, keys: readonly string[], args: readonly Arg[], waitFor: WaitFor | undefined): Promise<unknown> {
    const all = [script.sha, keys.length, ...keys, this.#parts.now?.() ?? '', ...args];
    const send = (name: 'evalsha' | 'eval') =>
      waitFor ? this.#sendAndWait(name, all, waitFor, script.name) : call(this.#parts.client(), name)(all);
    try {
      try {
        return await send('evalsha');
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        all[0] = script.text;
        return await send('eval');
      }
    } catch (error) {
      throw redisFault(error, script.name, this.#parts.lastError());
    }
  }

  async #sendAndWait(name: 'evalsha' | 'eval', args: readonly Arg[], { replicas, timeout }: WaitFor, what: string): Promise<unknown> {
    // On one connection, so that WAIT is about this very write; a pipeline goes to the server of its keys.
    const pipeline = this.#parts.client().pipeline();
    void call(pipeline as unknown as RedisClient, name)(args); // queued; exec has the answer
    pipeline.wait(replicas, timeout);
    const [[failed, answer] = [undefined, undefined], [unsure, reached] = [undefined, undefined]] = (await pipeline.exec()) ?? [];
    if (failed) throw failed;
    if (unsure) throw unsure;
    if (Number(reached) >= replicas) return answer;
    throw new ReeveError({
      kind: 'unavailable',
      code: 'STORE_NOT_REPLICATED',
      message: `${what}: it is written, but ${String(reached)} of ${replicas} replicas had it within ${timeout} ms; look at the replicas, or ask for fewer with waitFor`,
    });
  }
}

/** ioredis takes all arguments as one list, which spares it a copy of each call's thousands; its types do not say so. */
const call = (client: RedisClient, name: 'evalsha' | 'eval'): Call => (client[name] as unknown as Call).bind(client);
