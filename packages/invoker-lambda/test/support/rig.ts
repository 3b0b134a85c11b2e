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

/** The invoker with a client of its own, at a local Lambda. */
export const start = async (options: LambdaInvokerOptions = {}, at: Partial<LambdaEndpointOptions> = {}): Promise<Rig> => {
  const endpoint = await startLambdaEndpoint({ functions: { thumb: () => {} }, ...at });
  const invoker = new LambdaInvoker(options.client ? options : { ...SIGNED, endpoint: endpoint.url, ...options });
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
