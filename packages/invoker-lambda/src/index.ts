export { LambdaInvoker, MAX_EVENT_BYTES } from './lambda-invoker.ts';
export { lambdaInvoker } from './lambda-invoker-module.ts';
export type { MessageForm } from './message/message.ts';
export type { LambdaInvokerOptions } from './options.ts';
