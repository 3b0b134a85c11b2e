/** What the bench asks of a framework. One file beside this for each framework and store; nothing else knows them. */

/** 200 bytes as JSON: what a task of a web application carries. */
export interface Payload {
  /** Which task it is, from 0. */
  readonly i: number;
  /** When it was handed over, for latency: `process.hrtime.bigint()` as text, which all processes of one machine share. */
  readonly at?: string;
  readonly pad: string;
}

export type Handler = (payload: Payload) => Promise<void>;

/** What a run of a workload asks for. */
export interface Setup {
  /** Of the server. */
  readonly url: string;
  /** Tasks in flight in each worker process. */
  readonly concurrency: number;
  /** Worker processes. */
  readonly processes: number;
}

export interface Producer {
  add(payload: Payload): Promise<unknown>;
  addMany(payloads: readonly Payload[]): Promise<unknown>;
  /** How many tasks have not ended. */
  unfinished(): Promise<number>;
  close(): Promise<unknown>;
}

export interface Worker {
  /** From here on tasks are handled. */
  start(): Promise<void>;
  close(): Promise<unknown>;
}

export interface Contender {
  /** Leaves the store as a new user would find it. */
  reset(): Promise<void>;
  producer(): Promise<Producer>;
  /** Everything loaded and connected, and no task taken yet. */
  worker(handler: Handler): Promise<Worker>;
}

/** Calls in pieces of `size`, for those that are quicker so. */
export const inPieces = async <Item>(items: readonly Item[], size: number, call: (piece: Item[]) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < items.length; from += size) await call(items.slice(from, from + size));
};
