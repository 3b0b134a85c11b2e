import { createServer, type Server } from 'node:net';
import { type Chance, type Clock, systemClock } from '@reeve/core';
import type { Conditions } from './lane.ts';
import { Pair } from './pair.ts';
import type { ProxyTarget } from './target.ts';
import type { Toxic, ToxicKind } from './toxic.ts';

export interface FaultyProxyOptions {
  readonly target: ProxyTarget;
  /** Draws lots for shares, jitter and slices: `new CountingChance(seed)` draws the same for the same traffic. */
  readonly chance: Pick<Chance, 'random'>;
  /** Latency waits on it. Default `systemClock`. */
  readonly clock?: Clock;
  /** Where it listens, on this machine alone. Default: a free port. */
  readonly port?: number;
}

/**
 * A TCP proxy that does to a connection what networks and servers do on a bad day. It knows no protocol, so it goes before any
 * server, and any client goes through it.
 */
export interface FaultyProxy {
  readonly host: string;
  readonly port: number;
  /** Connections that are open now, those included that a toxic has silenced. */
  readonly connections: number;
  /** How often each kind of toxic met something: what was planned and never happened proves nothing. */
  readonly hits: Readonly<Record<ToxicKind, number>>;
  /** From now on, for connections that are open and for those to come. Any number at once. @returns what takes it away again */
  add(toxic: Toxic): () => void;
  /** Takes all toxics away. */
  clear(): void;
  /** Resets all open connections, once. @returns how many */
  cut(): number;
  /** Silences all open connections on the client's side and resets them on the server's, once. @returns how many */
  halfOpen(): number;
  /** New connections lead there from now on: a failover. Those that are open stay as they are; `cut` ends them. */
  retarget(target: ProxyTarget): void;
  /** Resets what is open and listens no more. May be called twice. */
  close(): Promise<void>;
}

const NO_HITS: Readonly<Record<ToxicKind, number>> = {
  ...{ latency: 0, slice: 0, cut: 0, cutAfterAnswer: 0, blackHole: 0, halfOpen: 0, stall: 0, refuse: 0 },
};

/** @throws what listening throws, such as EADDRINUSE for a port that was given */
export const startFaultyProxy = async ({ target, chance, clock = systemClock, port = 0 }: FaultyProxyOptions): Promise<FaultyProxy> => {
  const toxics = new Set<Toxic>();
  const pairs = new Set<Pair>();
  const hits = { ...NO_HITS };
  const stalls = new Stalls();
  const conditions: Conditions = {
    clock,
    chance,
    toxics: () => toxics,
    stalled: (way) => ([...toxics].some((each) => each.kind === 'stall' && (each.way ?? way) === way) ? stalls.change : undefined),
    hit: (kind) => {
      hits[kind] += 1;
    },
  };
  let now = target;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    if ([...toxics].some(({ kind }) => kind === 'refuse')) {
      hits.refuse += 1;
      near.on('error', () => {}).resetAndDestroy();
      return;
    }
    const pair = new Pair(near, now, conditions, () => pairs.delete(pair));
    pairs.add(pair);
  });
  const address = await listen(server, port);
  const forEach = (act: (pair: Pair) => void): number => {
    const open = [...pairs];
    open.forEach(act);
    return open.length;
  };
  const changed = (): void => stalls.look();
  return {
    host: '127.0.0.1',
    port: address,
    hits,
    get connections() {
      return pairs.size;
    },
    add: (toxic) => {
      const own = { ...toxic }; // of its own, so that the same one may be added twice
      toxics.add(own);
      return () => {
        toxics.delete(own);
        changed();
      };
    },
    clear: () => {
      toxics.clear();
      changed();
    },
    cut: () => forEach((pair) => pair.cut()),
    halfOpen: () => forEach((pair) => pair.halfOpen()),
    retarget: (next) => {
      now = next;
    },
    close: async () => {
      toxics.clear();
      changed();
      const closed = new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
      forEach((pair) => pair.cut());
      await closed;
    },
  };
};

/** Wakes whoever waits for a stall to be over, so that it looks again. */
class Stalls {
  #wake: () => void = () => {};
  change: Promise<void> = this.#next();

  look(): void {
    const wake = this.#wake;
    this.change = this.#next();
    wake();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
