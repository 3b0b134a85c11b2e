import type { LambdaContext, LambdaEndpoint, LambdaHandler } from '@reeve/testkit';
import { type FunctionTemplate, template } from './template.ts';

/** Puts the functions of the template into the local Lambda. */
export const deploy = async (lambda: LambdaEndpoint): Promise<void> => {
  for (const [name, each] of Object.entries(template)) {
    const { handler } = await each.load();
    if (typeof handler !== 'function') throw new Error(`${name} has no handler`);
    lambda.deploy(name, (event, context) => handler(event, contextOf(context, each)) as LambdaHandler, each.events);
  }
};

/** What Lambda tells besides: how long the function still has. */
const contextOf = (context: LambdaContext, { timeout }: FunctionTemplate) => {
  const end = Date.now() + timeout;
  return { ...context, getRemainingTimeInMillis: () => Math.max(0, end - Date.now()) };
};
