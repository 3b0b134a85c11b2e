import type { MessageAnswer, ReportTo } from '../api.ts';
import { ReportRefused } from '../errors.ts';
import { faultOf, isNo, parse } from './answer.ts';

interface Invoked {
  readonly FunctionError?: string;
  readonly Payload?: Uint8Array;
}

/** As much of the client as is used here. */
interface Client {
  send(command: object, options: object): Promise<unknown>;
}

/** The SDK is what Lambda's Node has anyway; it is loaded with the first message, and not at all where reports go another way. */
export const toLambda: ReportTo['lambda'] = ({ functionName, client }) => {
  const open = async () => {
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda').catch((cause: unknown) => {
      throw new ReportRefused('there is no @aws-sdk/client-lambda; install it', undefined, { cause });
    });
    return { InvokeCommand, lambda: (client ?? new LambdaClient({})) as Client };
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    send: async (message, abortSignal) => {
      opened ??= open();
      const { InvokeCommand, lambda } = await opened;
      const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(message)) });
      const { FunctionError, Payload } = (await lambda.send(command, { abortSignal }).catch(judge)) as Invoked;
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError) throw faultOf(`the Assistant failed: ${String(parse(text)['errorMessage'])}`);
      return parse(text) as unknown as MessageAnswer;
    },
  };
};

/** That there is no such function, or that it may not be invoked, does not pass by itself. */
const judge = (error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }): never => {
  throw isNo(error.$metadata?.httpStatusCode ?? 0) ? new ReportRefused(error.message, error.name, { cause: error }) : error;
};
