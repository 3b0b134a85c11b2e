import type { Clock, Millis, WakeUps } from '@reeve/core';
import type { Client } from 'pg';
import type { SchemaName } from '../schema/names.ts';

interface Subscription {
  readonly labourers: readonly string[];
  readonly heard: (labourer: string) => void;
}

const FIRST_PAUSE: Millis = 500;
const LONGEST_PAUSE: Millis = 60_000;
/** A connection that is half open says nothing, and neither does one over which nothing comes: it is asked so often. */
const ASK: Millis = 30_000;
/** How long a connection has to close. A server that is gone does not say so. */
const GOODBYE: Millis = 1_000;

/**
 * LISTEN, on a connection of its own that is there while anybody listens. What it hears only ever speeds up what polling finds anyway, so
 * trouble with it is nobody's fault: it connects again, later and later, and then calls for everyone.
 */
export class Listener implements WakeUps {
  readonly #connect: () => Client;
  readonly #schema: SchemaName;
  readonly #clock: Clock;
  readonly #subscriptions = new Set<Subscription>();
  #stop: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #tried: Promise<void> = Promise.resolve();

  /** @param connect makes a client that is not connected yet */
  constructor(connect: () => Client, schema: SchemaName, clock: Clock) {
    this.#connect = connect;
    this.#schema = schema;
    this.#clock = clock;
  }

  async listen(labourers: readonly string[], heard: (labourer: string) => void): Promise<() => Promise<void>> {
    const subscription = { labourers, heard };
    this.#subscriptions.add(subscription);
    if (!this.#stop) {
      await this.#ended;
      this.#stop ??= this.#begin();
    }
    await this.#tried;
    return async () => {
      this.#subscriptions.delete(subscription);
      if (this.#subscriptions.size === 0) await this.close();
    };
  }

  async close(): Promise<void> {
    this.#subscriptions.clear();
    this.#stop?.abort();
    this.#stop = undefined;
    await this.#ended;
  }

  #begin(): AbortController {
    const stop = new AbortController();
    this.#tried = new Promise((resolve) => {
      this.#ended = this.#run(stop.signal, resolve);
    });
    return stop;
  }

  async #run(signal: AbortSignal, tried: () => void): Promise<void> {
    let failures = 0;
    for (let times = 0; !signal.aborted; times += 1) {
      const listened = await this.#session(signal, () => {
        failures = 0;
        tried();
        if (times > 0) this.#hear(undefined); // what was said meanwhile was said to nobody
      });
      tried();
      failures = listened ? 1 : failures + 1;
      if (!signal.aborted) await this.#clock.sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)), signal);
    }
  }

  /** Listens until the connection is lost or nobody wants to hear. @returns whether it came to listening */
  async #session(signal: AbortSignal, listening: () => void): Promise<boolean> {
    const client = this.#connect();
    const ended = new AbortController();
    const over = new Promise<void>((resolve) => {
      client.on('error', () => resolve()).once('end', () => resolve());
      // Not for longer than this session: there may be many in the life of one signal.
      signal.addEventListener('abort', () => resolve(), { once: true, signal: ended.signal });
    });
    let listened = false;
    try {
      // Where nobody answers, neither with yes nor with no, whoever ends the listening does not wait for it.
      const orOver = (what: Promise<unknown>): Promise<unknown> =>
        Promise.race([what, over.then(() => Promise.reject(new Error('it is over')))]);
      await orOver(client.connect());
      client.on('notification', ({ payload }) => this.#hear(payload));
      await orOver(client.query(`LISTEN ${this.#schema.quoted}`));
      listened = true;
      listening();
      for (;;) {
        await orOver(this.#clock.sleep(ASK, ended.signal));
        await orOver(client.query('SELECT'));
      }
    } catch {
      // Not to be had now, or not any more.
    }
    ended.abort();
    await this.#end(client);
    return listened;
  }

  async #end(client: Client): Promise<void> {
    const ended = new AbortController();
    await Promise.race([client.end().catch(() => {}), this.#clock.sleep(GOODBYE, ended.signal)]);
    ended.abort();
  }

  /** @param labourer undefined: any of them */
  #hear(labourer: string | undefined): void {
    for (const { labourers, heard } of this.#subscriptions)
      for (const each of labourers) if (labourer === undefined || each === labourer) heard(each);
  }
}

/** Where there is nowhere to listen. */
export const silence: WakeUps & { close(): Promise<void> } = { listen: async () => async () => {}, close: async () => {} };
