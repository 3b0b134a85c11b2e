import type { Millis } from '@reeve/core';
import type { DownstreamModel } from './model.ts';

export interface OutageOptions {
  readonly from: Millis;
  readonly to: Millis;
  /** How long after it the downstream takes to be itself again: its strength grows evenly, as caches fill. Default: it is at once. */
  readonly recovery?: Millis;
  /** How long an attempt takes to fail while it is down. Default 50 ms: the connection is refused. */
  readonly failsIn?: Millis;
}

/** The same as another model, but for a while it is down, and then weak: everything takes longer by as much as it is weaker. */
export const outage =
  (model: DownstreamModel, { from, to, recovery = 0, failsIn = 50 }: OutageOptions): DownstreamModel =>
  (chance) => {
    const inner = model(chance);
    const isDown = (at: Millis): boolean => at >= from && at < to;
    const strength = (at: Millis): number => (at < to || at >= to + recovery ? 1 : Math.max(WEAKEST, (at - to) / recovery));
    return {
      serve: (load, alone) =>
        isDown(load.at)
          ? { took: failsIn, failure: { error: 'ConnectionRefused: it is down' } }
          : inner.serve(load, alone / strength(load.at)),
      metrics: (load) => ({ ...inner.metrics(load), up: isDown(load.at) ? 0 : 1 }),
      // What it can take is in proportion to its strength.
      strain: (load) => {
        const whole = isDown(load.at) ? undefined : inner.strain(load);
        return whole === undefined ? undefined : whole / strength(load.at);
      },
    };
  };

const WEAKEST = 0.1;
