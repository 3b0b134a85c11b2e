import { parseCurve } from '../parse-curve.ts';
import { type DownstreamModel, steady } from './model.ts';

export interface CurveOptions {
  /** Lines of a time and a value: see `parseCurve`. */
  readonly csv: string;
  /** By which name metrics read it. Default 'value'. */
  readonly as?: string;
}

/** Replays a metric over time, as it was exported from where it was measured, beside another model, or alone. */
export const curve = ({ csv, as = 'value' }: CurveOptions, model: DownstreamModel = steady()): DownstreamModel => {
  const replayed = parseCurve(csv);
  return (chance) => {
    const inner = model(chance);
    return {
      serve: (load, alone) => inner.serve(load, alone),
      metrics: (load) => ({ ...inner.metrics(load), [as]: replayed.at(load.at) }),
      strain: (load) => inner.strain(load),
    };
  };
};
