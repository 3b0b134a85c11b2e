import type { Delivery, Labourer } from '@reeve/core';
import { HttpInvoker, type HttpInvokerOptions } from '@reeve/invoker-http';
import { onTestFinished } from 'vitest';
import { type Answering, type Endpoint, reply, startEndpoint } from './endpoint.ts';
import { contextOf, type LeaseParts, labourerOf, leaseOf } from './labourers.ts';

/** The one that the vectors of Standard Webhooks are made with, and another. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Lets an invoker reach servers of this machine. */
export const LOCAL: HttpInvokerOptions = { secrets: { current: SECRET }, allowHttp: ['127.0.0.1'], allowPrivate: ['127.0.0.0/8'] };

interface To {
  readonly labourer?: Labourer;
  readonly lease?: LeaseParts;
  readonly signal?: AbortSignal;
  readonly heartbeat?: () => Promise<boolean>;
}

export interface Rig {
  readonly invoker: HttpInvoker;
  invoke(to?: To): Promise<Delivery>;
}

/** The invoker at a server of any kind, until the end of the test. `labourer` may have options and a lease of its own. */
export const rigAt = (
  url: string,
  options: Partial<HttpInvokerOptions> = {},
  own: { readonly options?: object; readonly duration?: number } = {},
): Rig => {
  const invoker = new HttpInvoker({ ...LOCAL, ...options });
  onTestFinished(() => invoker.close());
  const thumb = labourerOf('thumb', { target: `${url}/thumb`, ...own });
  return {
    invoker,
    invoke: ({ labourer = thumb, lease = {}, signal, heartbeat } = {}) =>
      invoker.invoke(labourer, leaseOf(labourer, lease), contextOf(signal, heartbeat)),
  };
};

/** The invoker at an endpoint, until the end of the test. */
export const open = async (
  answer: Answering = (_, response) => reply(response, 204),
  ...args: [options?: Partial<HttpInvokerOptions>, own?: { readonly options?: object; readonly duration?: number }]
): Promise<Rig & { readonly endpoint: Endpoint }> => {
  const endpoint = await startEndpoint(answer);
  onTestFinished(() => endpoint.close());
  return { ...rigAt(endpoint.url, ...args), endpoint };
};
