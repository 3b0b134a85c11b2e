/** No further attempt can help: the task is dead. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
  readonly retryable = false;
}

/** Try again, and not before so many milliseconds. */
export class RetryAfterError extends Error {
  override readonly name: string = 'RetryAfterError';
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** The Assistant refused a message, or cannot be asked at all. */
export class ReportRefused extends Error {
  override readonly name: string = 'ReportRefused';
  /** Such as PAYLOAD_TOO_LARGE. */
  readonly code: string | undefined;

  constructor(message: string, code?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
