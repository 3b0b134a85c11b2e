import type { Clock, WakeUps } from '@reeve/core';
import type { Redis } from 'ioredis';
import { mastersOf, type RedisClient } from './client/client.ts';
import { redisFault } from './client/faults.ts';
import type { Keys } from './keys.ts';

const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;
/** A connection that is half open says nothing, and neither does one over which nothing comes: it is asked so often. */
const ASK = 30_000;

export interface ListenerParts {
  readonly client: () => RedisClient;
  readonly keys: Keys;
  readonly clock: Clock;
}

/**
 * Hears what the scripts publish: a connection of its own for each call of `listen`, since one that listens can do nothing else. If it
 * breaks, another is made, to another server of a Cluster as well. Whatever was said meanwhile is unheard, so then it calls for everybody.
 */
export class Listener implements WakeUps {
  readonly #parts: ListenerParts;
  readonly #ends = new Set<() => Promise<void>>();
  #turns = 0;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** @throws ReeveError STORE_UNREACHABLE, STORE_DENIED */
  async listen(labourers: readonly string[], heard: (labourer: string) => void): Promise<() => Promise<void>> {
    const names = new Map(labourers.map((each) => [this.#parts.keys.channel(each), each]));
    const ended = new AbortController();
    let connection: Redis | undefined;
    const connect = async (): Promise<void> => {
      connection = await this.#connect([...names.keys()], (channel) => {
        const labourer = names.get(channel);
        if (labourer !== undefined && !ended.signal.aborted) heard(labourer);
      });
      // An end before this line is seen by its state, an end after it by its event.
      if (connection.status === 'end') void again();
      else connection.once('end', () => void again());
      void this.#ask(connection, ended.signal);
    };
    const again = async (): Promise<void> => {
      for (let pause = SHORTEST_PAUSE; !ended.signal.aborted; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
        await this.#parts.clock.sleep(pause, ended.signal);
        if (ended.signal.aborted) return;
        try {
          await connect();
        } catch {
          continue; // polling finds the work meanwhile, and reports what is wrong
        }
        if (ended.signal.aborted) connection?.disconnect();
        else for (const each of labourers) heard(each);
        return;
      }
    };
    const end = async (): Promise<void> => {
      ended.abort();
      this.#ends.delete(end);
      connection?.disconnect();
    };
    if (labourers.length > 0) await connect();
    this.#ends.add(end);
    return end;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ends].map((end) => end()));
  }

  /** For as long as it stands. One that does not answer within the client's own time limit is ended, and another is made. */
  async #ask(connection: Redis, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    signal.addEventListener('abort', end, { once: true });
    connection.once('end', end);
    const answers = async (): Promise<boolean> => {
      await this.#parts.clock.sleep(ASK, ended.signal);
      return (
        !ended.signal.aborted &&
        (await connection.ping().then(
          () => true,
          () => false,
        ))
      );
    };
    while (await answers());
    signal.removeEventListener('abort', end);
    connection.disconnect();
  }

  async #connect(channels: readonly string[], heard: (channel: string) => void): Promise<Redis> {
    const masters = mastersOf(this.#parts.client());
    this.#turns += 1;
    const model = masters[this.#turns % masters.length];
    if (!model) throw redisFault(new Error('Connection is closed: no server of the Cluster is known'), 'listen');
    // It tries once: the loop above decides what comes then.
    const connection = model.duplicate({ lazyConnect: true, retryStrategy: () => null, enableOfflineQueue: true, maxRetriesPerRequest: 0 });
    let problem: Error | undefined;
    connection.on('error', (error: Error) => {
      problem = error;
    });
    connection.on('message', heard);
    try {
      await connection.connect();
      await connection.subscribe(...channels);
    } catch (error) {
      connection.disconnect();
      throw redisFault(error, 'listen', problem);
    }
    return connection;
  }
}
