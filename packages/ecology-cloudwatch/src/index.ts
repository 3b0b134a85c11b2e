export { cloudwatchEcology } from './cloudwatch-ecology.ts';
export { CloudwatchSource } from './cloudwatch-source.ts';
export type { CloudwatchEcologyOptions, CloudwatchSourceOptions } from './options.ts';
