export type * from './api.ts';
export { NonRetryableError, ReportRefused, RetryAfterError } from './errors.ts';
export { reportTo } from './report-to.ts';
export { worker } from './worker.ts';
