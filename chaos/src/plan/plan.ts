import type { Chance, Millis } from '@reeve/core';

/**
 * - `storm`        a process is killed every 200 ms
 * - `kill`         a process is killed, and then nothing else happens until others must have taken over what it had
 * - `pause`        a process is stopped for longer than a lease, and goes on
 * - `latency`, `slice`, `cuts`, `lostAnswers`, `cutAll`, `refuse`, `blackHole`, `halfOpen`, `stall`   of the proxy
 * - `terminate`    the server ends all connections
 * - `restart`      the server is killed by SIGKILL, and comes back on its data
 * - `hang`         the server is stopped by SIGSTOP with its connections open, and goes on
 * - `failover`     the primary is killed, its replica takes over, and it comes back as a replica
 * - `pooler`       the PgBouncer is killed, and comes back
 * - `lock`         somebody else holds the file
 */
export type FaultName =
  | 'storm'
  | 'kill'
  | 'pause'
  | 'latency'
  | 'slice'
  | 'cuts'
  | 'lostAnswers'
  | 'cutAll'
  | 'refuse'
  | 'blackHole'
  | 'halfOpen'
  | 'stall'
  | 'terminate'
  | 'restart'
  | 'hang'
  | 'failover'
  | 'pooler'
  | 'lock';

/** One fault, from when to when, in milliseconds since the run began. */
export interface Episode {
  readonly name: FaultName;
  readonly from: Millis;
  readonly to: Millis;
}

export interface Plan {
  readonly episodes: readonly Episode[];
  /** When some process is killed, besides. */
  readonly kills: readonly Millis[];
  readonly length: Millis;
}

export interface PlanOptions {
  readonly chance: Pick<Chance, 'random'>;
  readonly length: Millis;
  readonly lease: Millis;
  /** Those that there can be. */
  readonly faults: readonly FaultName[];
  /** Between two kills on an ordinary day, and in a storm: the mean. */
  readonly killEvery: Millis;
  readonly stormEvery?: Millis;
  /** Between two episodes: the mean. */
  readonly calm: Millis;
  /** How long recovery may take. */
  readonly quiet: Millis;
}

/** The length of each fault as a share of the lease: from, to. A moment is a fault that is over when it has happened. */
const LENGTHS: Readonly<Record<FaultName, readonly [from: number, to: number]>> = {
  storm: [0.6, 1.2],
  kill: [0, 0],
  pause: [1.1, 1.5],
  latency: [0.3, 0.8],
  slice: [0.3, 0.8],
  cuts: [0.3, 0.8],
  lostAnswers: [0.3, 0.8],
  cutAll: [0, 0],
  refuse: [0.1, 0.4],
  blackHole: [0.2, 0.6],
  halfOpen: [0, 0],
  stall: [0.2, 1.2],
  terminate: [0, 0],
  restart: [0.05, 0.3],
  hang: [0.2, 1.2],
  failover: [0.05, 0.1],
  pooler: [0.05, 0.3],
  lock: [0.2, 0.6],
};

/**
 * After these everything is left alone until recovery is due: a process that is killed by chance would begin anew with new connections, and
 * hide one that would have waited for ever.
 */
const QUIET: ReadonlySet<FaultName> = new Set<FaultName>(['kill', 'blackHole', 'halfOpen', 'stall', 'hang']);

/** Faults one after the other, each as often as every other, until the time is over. The same for the same chance. */
export const planOf = ({ chance, length, lease, faults, killEvery, stormEvery = 200, calm, quiet }: PlanOptions): Plan => {
  const between = (from: number, to: number): number => from + chance.random() * (to - from);
  const episodes: Episode[] = [];
  const quiets: { readonly from: Millis; readonly to: Millis }[] = [];
  let deck: FaultName[] = [];
  for (let at = between(0.5, 1.5) * calm; ; ) {
    if (deck.length === 0) deck = shuffled(faults, chance);
    const name = deck.pop();
    if (name === undefined) break;
    const [from, to] = LENGTHS[name];
    const end = at + between(from, to) * lease;
    if (end > length) break;
    episodes.push({ name, from: Math.round(at), to: Math.round(end) });
    if (QUIET.has(name)) quiets.push({ from: at, to: end + quiet });
    at = end + between(0.5, 1.5) * calm + (QUIET.has(name) ? quiet : 0);
  }
  const kills = episodes
    .filter(({ name }) => name === 'storm')
    .flatMap((storm) => instants(storm.from, storm.to, stormEvery, chance))
    .concat(instants(0, length, killEvery, chance))
    .filter((at) => !quiets.some(({ from, to }) => at >= from && at <= to))
    .sort((a, b) => a - b);
  return { episodes, kills, length };
};

const shuffled = (faults: readonly FaultName[], chance: Pick<Chance, 'random'>): FaultName[] =>
  faults
    .map((name) => ({ name, lot: chance.random() }))
    .sort((a, b) => a.lot - b.lot)
    .map(({ name }) => name);

/** Instants whose distances are exponential: as chance would have it. */
const instants = (from: Millis, to: Millis, mean: Millis, chance: Pick<Chance, 'random'>): readonly Millis[] => {
  const all: Millis[] = [];
  for (let at = from; ; ) {
    at += -Math.log(1 - chance.random()) * mean;
    if (at >= to) return all;
    all.push(Math.round(at));
  }
};
