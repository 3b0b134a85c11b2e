import { defineLabourers, type InvokeContext, type JsonText, type Labourer, type Lease } from '@reeve/core';

/** One labourer, all its other settings at their defaults. */
export const labourerOf = (
  id: string,
  { target = id, options = {} }: { readonly target?: string; readonly options?: object } = {},
  lease: { readonly duration?: number } = {},
): Labourer => {
  const [labourer] = defineLabourers({ [id]: { target, maxSimultaneousInvocations: 100, lease, options: { ...options } } });
  return labourer!;
};

export const leaseOf = (
  { id: labourer }: Pick<Labourer, 'id'>,
  lease: Partial<Omit<Lease, 'payload'>> & { readonly payload?: string } = {},
): Lease => ({
  labourer,
  id: 'task-1',
  token: 'token-1',
  attempt: 1,
  createdAt: 1_795_420_800_250,
  due: 1_795_420_800_250,
  claimedAt: 1_795_420_860_000,
  deadline: 1_795_422_060_000,
  ...lease,
  payload: (lease.payload ?? '{"key": "cat.jpg"}') as JsonText,
});

export const contextOf = (signal: AbortSignal = new AbortController().signal): InvokeContext => ({ signal, heartbeat: async () => true });
