export type { PrometheusEcologyOptions } from './options.ts';
export { prometheusEcology } from './prometheus-ecology.ts';
export { PrometheusSource } from './prometheus-source.ts';
