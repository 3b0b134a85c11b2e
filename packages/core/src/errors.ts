/**
 * What the reader of the log can do about it:
 * - `config`       mend a setting; nothing was started
 * - `input`        mend the call; nothing was written
 * - `unavailable`  wait: the other side could not be reached or did not answer, and what was asked may have happened
 * - `task`         look at the task: it ended otherwise than was waited for
 * - `contract`     report a bug: a store or invoker broke its promise, or data was changed behind its back
 */
export type FaultKind = 'config' | 'input' | 'unavailable' | 'task' | 'contract';

const mark = Symbol.for('@reeve/core:ReeveError');

export interface FaultDetails {
  readonly kind: FaultKind;
  /** A stable name, in capitals: `PAYLOAD_NOT_JSON`. Its page is docs/errors/payload-not-json.md. */
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** Thrown for faults only. What is to be expected (a lost race, a refused invocation) is a return value. */
export class ReeveError extends Error {
  readonly kind: FaultKind;
  readonly code: string;

  constructor({ kind, code, message, cause }: FaultDetails) {
    super(`${message} [${code}]`, cause === undefined ? undefined : { cause });
    this.name = 'ReeveError';
    Object.defineProperty(this, mark, { value: true });
    this.kind = kind;
    this.code = code;
  }

  /** The page of the documentation that explains this error: "docs/errors/payload-not-json.md". */
  get docs(): string {
    return `docs/errors/${this.code.toLowerCase().replaceAll('_', '-')}.md`;
  }

  /** Holds across two installed copies of this package, where `instanceof` does not. */
  static is(value: unknown, code?: string): value is ReeveError {
    return value instanceof Error && mark in value && (code === undefined || ('code' in value && value.code === code));
  }
}
