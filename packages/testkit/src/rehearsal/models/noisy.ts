import { normal } from '../service.ts';
import type { DownstreamModel } from './model.ts';

/**
 * The same as another model, seen badly: what is measured of it, the times of attempts as well as the metrics, is off by a factor drawn
 * from a lognormal distribution with this sigma, and right on the average.
 */
export const noisy =
  (model: DownstreamModel, sigma: number): DownstreamModel =>
  (chance) => {
    const inner = model(chance);
    const factor = (): number => Math.exp(sigma * normal(chance) - (sigma * sigma) / 2);
    return {
      serve: (load, alone) => {
        const served = inner.serve(load, alone);
        return { ...served, took: served.took * factor() };
      },
      metrics: (load) => Object.fromEntries(Object.entries(inner.metrics(load)).map(([name, value]) => [name, value * factor()])),
      strain: (load) => inner.strain(load),
    };
  };
