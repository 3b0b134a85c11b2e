import type { TaskKey } from '@reeve/core';
import { type MemoryStoreOptions, MemoryTaskStore } from '@reeve/core';
import { ManualClock } from '../manual-clock.ts';
import type { BenchOptions, Store, WholeBench, WholeStore } from '../store/bench.ts';

/** A store that is wrong in one way, as a real adapter might be. */
export interface StoreMutant {
  /** What it does wrong: "counts, then takes". */
  readonly name: string;
  /** The promise that it breaks: a case of this promise has to catch it. */
  readonly breaks: string;
  open(options?: BenchOptions): Promise<WholeBench>;
}

/** What a twist has at hand beside the honest store. */
export interface TwistTools {
  readonly clock: ManualClock;
  /** One for both connections: what a mutant keeps here, it keeps in its "database". What a twist keeps in itself is one connection's. */
  readonly shared: Map<string, unknown>;
}

/** Replaces some verbs of an honest store by wrong ones. Called once for each connection. */
export type Twist = (honest: WholeStore, tools: TwistTools) => Partial<WholeStore>;

/** Small enough that the cases at the limit run, large enough for all others. */
const MAX_PAYLOAD = 64 * 1_024;

/** The verbs of a store as plain members, free to be replaced one by one. */
export const verbsOf = (store: WholeStore): WholeStore => ({
  capabilities: store.capabilities,
  enqueue: (tasks) => store.enqueue(tasks),
  labourersWithDue: (labourers) => store.labourersWithDue(labourers),
  claim: (request) => store.claim(request),
  settle: (verdicts) => store.settle(verdicts),
  exchange: (verdicts, request) => store.exchange(verdicts, request),
  renew: (renewals) => store.renew(renewals),
  expired: (labourers, limit) => store.expired(labourers, limit),
  reap: (verdicts) => store.reap(verdicts),
  maintain: (labourers, retention) => store.maintain(labourers, retention),
  find: (key) => store.find(key),
  list: (query) => store.list(query),
  census: (labourers) => store.census(labourers),
  cancel: (keys) => store.cancel(keys),
  bury: (burials) => store.bury(burials),
  redrive: (redrives) => store.redrive(redrives),
  replace: (replacements) => store.replace(replacements),
  look: (names) => store.look(names),
  change: (changes) => store.change(changes),
  outbox: (labourers, limit) => store.outbox(labourers, limit),
  takeOut: (ends) => store.takeOut(ends),
});

/**
 * A mutant of the memory store. `exchange` is put together from the mutant's own `settle` and `claim`, unless the twist replaces it as well.
 */
export const mutant = (name: string, breaks: string, twist: Twist, options: Omit<MemoryStoreOptions, 'clock'> = {}): StoreMutant => ({
  name,
  breaks,
  open: async (asked = {}) => {
    const clock = new ManualClock();
    const honest = verbsOf(new MemoryTaskStore({ maxPayloadBytes: MAX_PAYLOAD, ...asked, ...options, clock }));
    const shared = new Map<string, unknown>();
    const connect = (): WholeStore => {
      const twisted = { ...honest, ...twist(honest, { clock, shared }) };
      const exchange: Store['exchange'] = async (verdicts, request) => {
        const outcomes = await twisted.settle(verdicts);
        return { outcomes, ...(await twisted.claim(request)) };
      };
      return { ...twisted, exchange: twisted.exchange === honest.exchange ? exchange : twisted.exchange };
    };
    return { store: connect(), peer: connect(), clock, dispose: async () => {} };
  },
});

/** A value in a mutant's database, made when it is first asked for. */
export const kept = <T>({ shared }: TwistTools, name: string, make: () => T): T => {
  if (!shared.has(name)) shared.set(name, make());
  return shared.get(name) as T;
};

/** A number in a mutant's database. */
export const counter = (tools: TwistTools): { value: number } => kept(tools, 'counter', () => ({ value: 0 }));

/** The other callers' turn: what a read followed by a write leaves room for. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The token that a running task has now. */
export const tokenNow = async (honest: Store, key: TaskKey): Promise<string | undefined> => {
  const record = await honest.find(key);
  return record?.state === 'running' ? record.token : undefined;
};

/** The same attempt with the current token, as if none were compared. */
export const unfenced = async <T extends TaskKey & { readonly token: string }>(honest: Store, ref: T): Promise<T> => ({
  ...ref,
  token: (await tokenNow(honest, ref)) ?? ref.token,
});
