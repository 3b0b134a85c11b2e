import type { CloudwatchFault } from './types.ts';

type ErrorFault = Extract<CloudwatchFault, { readonly kind: 'error' }>;

/** What CloudWatch says no with, as faults to script: `endpoint.next(cloudwatchErrors.throttled())`. */
export const cloudwatchErrors: {
  readonly throttled: () => ErrorFault;
  readonly denied: () => ErrorFault;
  readonly invalid: (message: string) => ErrorFault;
  readonly internal: () => ErrorFault;
} = {
  throttled: () => ({ kind: 'error', status: 400, code: 'Throttling', message: 'Rate exceeded' }),
  denied: () => ({
    kind: 'error',
    status: 403,
    code: 'AccessDenied',
    message: 'This identity is not authorized to perform: cloudwatch:GetMetricData because no identity-based policy allows it',
  }),
  invalid: (message) => ({ kind: 'error', status: 400, code: 'ValidationError', message }),
  internal: () => ({ kind: 'error', status: 500, code: 'InternalServiceFault', message: 'The request could not be processed' }),
};
