import type { Labourer, Millis } from '@reeve/core';
import { DEFAULTS, type HttpInvokerOptions, isWhole } from '../options.ts';

/** What a labourer's own `options` may say to this invoker. */
export interface LabourerOptions {
  /** As the invoker's. With `renew` it may be longer than the lease. */
  readonly timeout?: Millis;
  /** As the invoker's. */
  readonly maxResponseBytes?: number;
  /** The lease is renewed for as long as the endpoint holds the request, at most for `timeout`. Default false. */
  readonly renew?: boolean;
}

export interface LabourerSettings {
  readonly timeout: Millis;
  readonly connectTimeout: Millis;
  readonly maxResponseBytes: number;
  readonly renew: boolean;
}

/** What is not fit to be used is left out: `checkLabourer` says so before anything runs. */
export const settingsOf = ({ lease, options: own }: Labourer, options: HttpInvokerOptions): LabourerSettings => {
  const renew = own['renew'] === true;
  const timeout = wholeOr(own['timeout'], options.timeout ?? lease.duration);
  return {
    // Longer would be of no use: the attempt is over then.
    timeout: renew ? timeout : Math.min(timeout, lease.duration),
    connectTimeout: Math.min(options.connectTimeout ?? DEFAULTS.connectTimeout, lease.duration),
    maxResponseBytes: wholeOr(own['maxResponseBytes'], options.maxResponseBytes ?? DEFAULTS.maxResponseBytes),
    renew,
  };
};

const wholeOr = (value: unknown, otherwise: number): number => (isWhole(value) ? value : otherwise);
