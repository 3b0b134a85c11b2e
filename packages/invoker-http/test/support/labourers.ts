import { defineLabourers, type InvokeContext, type JsonText, type Labourer, type Lease } from '@reeve/core';

interface LabourerParts {
  readonly target?: string;
  readonly options?: object;
  /** Of the lease. */
  readonly duration?: number;
}

/** One labourer, all its other settings at their defaults. */
export const labourerOf = (id: string, { target = `https://example.org/${id}`, options = {}, duration }: LabourerParts = {}): Labourer => {
  const [labourer] = defineLabourers({
    [id]: { target, maxSimultaneousInvocations: 100, options: { ...options }, ...(duration !== undefined && { lease: { duration } }) },
  });
  return labourer!;
};

export type LeaseParts = Partial<Omit<Lease, 'payload'>> & { readonly payload?: string };

export const leaseOf = ({ id: labourer }: Pick<Labourer, 'id'>, lease: LeaseParts = {}): Lease => ({
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

export const contextOf = (
  signal: AbortSignal = new AbortController().signal,
  heartbeat: InvokeContext['heartbeat'] = async () => true,
): InvokeContext => ({ signal, heartbeat });
