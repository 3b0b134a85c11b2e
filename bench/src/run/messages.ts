import type { WorkerReport } from './tally.ts';

export type ToWorker = 'go' | 'report' | 'close';

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'going' }
  /** So many in all, in this process. */
  | { readonly kind: 'handled'; readonly handled: number }
  /** A handler began, so many milliseconds after its task was handed over. */
  | { readonly kind: 'started'; readonly after: number }
  | { readonly kind: 'report'; readonly report: WorkerReport };
