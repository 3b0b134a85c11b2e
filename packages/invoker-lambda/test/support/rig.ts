import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { Delivery, Labourer, Lease } from '@reeve/core';
import { LambdaInvoker, type LambdaInvokerOptions } from '@reeve/invoker-lambda';
import { type LambdaEndpoint, type LambdaEndpointOptions, startLambdaEndpoint } from '@reeve/testkit';
import { onTestFinished } from 'vitest';
import { contextOf, labourerOf, leaseOf } from './labourers.ts';

/** What every request has to be signed with. Nobody checks it here. */
export const SIGNED = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } as const;

export type LeaseParts = Partial<Omit<Lease, 'payload'>> & { readonly payload?: string };

export interface Rig {
  readonly endpoint: LambdaEndpoint;
  readonly invoker: LambdaInvoker;
  /** Invokes `thumb`, which succeeds, unless told otherwise. */
  invoke(to?: { readonly labourer?: Labourer; readonly lease?: LeaseParts; readonly signal?: AbortSignal }): Promise<Delivery>;
  close(): Promise<void>;
}

type Options = LambdaInvokerOptions | ((url: string) => LambdaInvokerOptions);

/**
 * The invoker at a local Lambda.
 * @param options a function of its address takes them as they are: for a client that was given
 */
export const start = async (options: Options = {}, at: Partial<LambdaEndpointOptions> = {}): Promise<Rig> => {
  const endpoint = await startLambdaEndpoint({ functions: { thumb: () => {} }, ...at });
  const { url } = endpoint;
  const invoker = new LambdaInvoker(typeof options === 'function' ? options(url) : { ...SIGNED, endpoint: url, ...options });
  return {
    endpoint,
    invoker,
    invoke: ({ labourer = labourerOf('thumb'), lease = {}, signal } = {}) =>
      invoker.invoke(labourer, leaseOf(labourer, lease), contextOf(signal)),
    close: async () => {
      await invoker.close();
      await endpoint.close();
    },
  };
};

/** As `start`, until the end of the test. */
export const open = async (...args: Parameters<typeof start>): Promise<Rig> => {
  const rig = await start(...args);
  onTestFinished(() => rig.close());
  return rig;
};

/** A client of the user's own, until the end of the test. */
export const clientAt = (endpoint: string, config: LambdaClientConfig = {}): LambdaClient => {
  const client = new LambdaClient({ ...SIGNED, endpoint, ...config });
  onTestFinished(() => client.destroy());
  return client;
};
