/** The right to run one attempt, as it came; it is sent back whole. */
export interface ArrivedAttempt {
  readonly labourer: string;
  readonly id: string;
  readonly token: string;
  /** When the lease ends as it was claimed, on the store's clock. */
  readonly deadline?: number;
}

export interface Failure {
  readonly error: string;
  /** False: no further attempt can help. */
  readonly retryable?: boolean;
  /** Milliseconds, instead of the labourer's retry policy. */
  readonly retryAfter?: number;
}

/** What a worker tells the Assistant. */
export type WorkerMessage = { readonly attempt: ArrivedAttempt } & (
  | { readonly reeve: 'start'; readonly delivery: string }
  | { readonly reeve: 'heartbeat' }
  | { readonly reeve: 'done'; readonly result?: unknown; readonly stats?: unknown }
  | ({ readonly reeve: 'failed' } & Failure)
);

/** Another delivery has begun, the lease is over, or the task is to be cancelled. */
export type NotBegun = { readonly begin: false; readonly why: 'started' | 'over' | 'cancelled' };

export type Outcome = 'applied' | 'cancelled' | 'repeated' | 'stale';

/** What the Assistant answers. `left`: milliseconds to the deadline, by the store's clock. */
export type MessageAnswer =
  | { readonly begin: true; readonly deadline: number; readonly left: number }
  | NotBegun
  | { readonly alive: true; readonly deadline: number; readonly left: number }
  | { readonly alive: false; readonly cancelled?: true }
  | { readonly outcome: Outcome };

/** A way to the Assistant. */
export interface ReportChannel {
  /**
   * One try.
   * @throws ReportRefused: to repeat it would bring the same. Anything else: nobody knows whether it arrived
   */
  send(message: WorkerMessage, signal: AbortSignal): Promise<MessageAnswer>;
}

export interface ReportTo {
  /** By invoking a function, such as the `assistant` of @reeve/lambda. @param to.client a LambdaClient of your own */
  lambda(to: {
    readonly functionName: string;
    readonly client?: { send(command: never, options?: never): Promise<unknown> };
  }): ReportChannel;
  /** By HTTP, signed: the `reportHandler` of @reeve/invoker-http. @param to.secret whsec_... */
  http(to: { readonly url: string; readonly secret: string } & Partial<Pick<World, 'clock' | 'chance'>>): ReportChannel;
  /** Straight to the store: `reeve.assistant`. */
  assistant(assistant: { receive(message: unknown): Promise<MessageAnswer> }): ReportChannel;
}

/** What a handler has beside its payload. */
export interface WorkerContext {
  readonly labourer: string;
  readonly id: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** When the lease ends, on the store's clock. */
  readonly deadline: number;
  /** Aborts when the handler is to stop: its time is nearly up, its lease is lost, its task is cancelled. */
  readonly signal: AbortSignal;
  /** Kept beside the result: `stats.rows = 12`. */
  readonly stats: Record<string, unknown>;
  /** Milliseconds until `signal` aborts, as things are now. */
  remaining(): number;
  /**
   * Gives the lease its full length again, which is also done by itself.
   * @returns false if the handler is to stop. @throws if no answer came
   */
  heartbeat(): Promise<boolean>;
}

/** What it returns is the task's result; what it throws makes the attempt fail. */
// biome-ignore lint/suspicious/noExplicitAny: each handler knows the type of its own payload; `any` lets it say so
export type Handler<Payload = any, Result = unknown> = (payload: Payload, context: WorkerContext) => Result | Promise<Result>;

/** Time and chance, for tests. */
export interface World {
  readonly clock: {
    now(): number;
    /** Resolves after so long or when `signal` aborts; never rejects. */
    sleep(wait: number, signal?: AbortSignal): Promise<void>;
  };
  readonly chance: { id(): string; random(): number };
}

/** Times are in milliseconds. */
export interface WorkerOptions extends Partial<World> {
  /** Default: what the environment says, REEVE_ASSISTANT (a function) or REEVE_REPORT_URL. An HTTP worker needs none. */
  readonly reportTo?: ReportChannel;
  /** Whether to ask before beginning, so that an attempt that is delivered twice runs once. Default true. */
  readonly gate?: boolean;
  /** Whether the lease is renewed by itself, every third of it. Default true. */
  readonly heartbeats?: boolean;
  /** How long before its time ends the handler is told to stop; at most a quarter of that time. Default 3000. */
  readonly margin?: number;
  /** How long one message waits for its answer. Default 10000. */
  readonly timeout?: number;
  /** The longest result, in bytes of JSON. Default 262144, the Assistant's own. */
  readonly maxResultBytes?: number;
  /** Whether a result that cannot be kept is worth another attempt. Default false. */
  readonly retryTooLarge?: boolean;
  /** For HTTP: whsec_..., one or several, by which requests are known to be Reeve's. Default: REEVE_SECRET. */
  readonly secret?: string | readonly string[];
  /** For HTTP with `reportTo`: how long to wait before answering 202 and reporting later. Default 0. */
  readonly answerWithin?: number;
  /** For HTTP: told of a report that was lost after a 202. Default: console.error. */
  readonly onLost?: (error: unknown) => void;
}

export interface Worker {
  /** For Lambda. @throws if the Assistant cannot be reached: the lease runs out */
  (
    event: unknown,
    context?: { getRemainingTimeInMillis?(): number },
  ): Promise<NotBegun | { readonly reported: 'done' | 'failed'; readonly outcome: Outcome }>;
  /** For HTTP. @param platform whatever lets work go on after the answer */
  readonly fetch: (request: Request, platform?: { waitUntil?(work: Promise<unknown>): void }) => Promise<Response>;
}
