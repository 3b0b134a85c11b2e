import type { Millis } from '@reeve/core';

/** A request was given up. */
export class TooLong extends Error {
  override readonly name: string = 'TooLong';

  constructor(limit: Millis) {
    super(`no answer from CloudWatch within ${limit} ms`);
  }
}
