export {
  type DestinationOptions,
  isDestinationEvent,
  reportOfDestination,
  reportsOfDestination,
} from './destination/reports-of-destination.ts';
export { LambdaInvoker, MAX_EVENT_BYTES, MAX_SYNC_EVENT_BYTES } from './lambda-invoker.ts';
export { lambdaInvoker } from './lambda-invoker-module.ts';
export type { MessageForm } from './message/message.ts';
export type { LambdaInvokerOptions } from './options.ts';
export type { Invocation } from './target/invocation.ts';
