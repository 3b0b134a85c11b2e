import type { Invoker, Labourer } from '@reeve/core';

/** What a kit asks of a test framework; vitest, jest and node:test all have it. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** What one worker saw of one attempt, read out of the message as a worker is told to read it. */
export interface Arrival {
  readonly id: string;
  /** Where the form of the message carries it. */
  readonly token?: string;
  /** From 1. Where the form of the message carries it. */
  readonly attempt?: number;
  /** The payload as JSON text. */
  readonly payload: string;
}

/** Calls that get no answer until they are let go. */
export interface HeldWork {
  readonly labourer: Labourer;
  /** Resolves when so many calls for the labourer are under way at once. */
  reached(calls: number): Promise<void>;
  release(): void;
}

/** An invoker, and workers of the kit's making at its other end. */
export interface InvokerBench {
  readonly invoker: Invoker;
  /** A labourer whose worker calls `work` and then succeeds. Each id is asked for once. */
  employ(id: string, work: (arrival: Arrival) => void): Labourer;
  /** A labourer whose calls are held up on the way, or at the worker if that is what a call waits for. */
  hold(id: string): HeldWork;
  /** Labourers that the invoker has to refuse: a function that does not exist, a throttled one. Their workers call `work` if one ever runs. */
  refusing(work: (arrival: Arrival) => void): readonly Labourer[];
  /** Labourers whose answer is lost on the way, before or after the worker has the message. None for an invoker that has no way. */
  losing(work: (arrival: Arrival) => void): readonly Labourer[];
  /** Labourers that `check` has to find fault with. */
  bad(): readonly Labourer[];
  /** Resolves when everything that was handed over has reached its worker. */
  settled(): Promise<void>;
  close(): Promise<void>;
  /** What a payload's numbers are at the worker's end. `digits`: what was enqueued. `doubles`: what JSON.parse makes of them. */
  readonly numbers: 'digits' | 'doubles';
  /** Top-level names of a payload that belong to the attempt in this form of message, and that a payload's own members give way to. */
  readonly reserved: readonly string[];
  /** `wrapped`: a payload that is not an object arrives as `{"payload": ...}`. */
  readonly plainPayloads: 'as-they-are' | 'wrapped';
}
