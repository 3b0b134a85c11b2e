import { type AttemptRef, Clock, createReeve, type Lease, memoryStore, type Reeve, type TaskRecord } from '@reeve/core';
import {
  type HttpInvokerOptions,
  httpInvoker,
  type Refusal,
  type ReportHandlerOptions,
  reportHandler,
  sign,
  toNode,
} from '@reeve/invoker-http';
import { ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { onTestFinished } from 'vitest';
import { type Answering, type Endpoint, startEndpoint } from './endpoint.ts';
import { LOCAL, SECRET } from './rig.ts';
import { serve } from './serve.ts';

/** What an endpoint reads from its request. */
export const openEnvelope = (text: string): { readonly reeve: AttemptRef & Pick<Lease, 'attempt'>; readonly payload: unknown } =>
  JSON.parse(text);

export interface House {
  readonly reeve: Reeve;
  readonly endpoint: Endpoint;
  readonly clock: ManualClock;
  /** Where reports go. */
  readonly reports: string;
  readonly refusals: readonly Refusal[];
  /** The last attempt that the endpoint was asked for. */
  readonly attempt: () => AttemptRef;
  /** Sends a message as a worker does: signed, now. */
  post(message: unknown, how?: Partial<Posting>): Promise<{ readonly status: number; readonly answer: unknown }>;
  find(labourer?: string): Promise<TaskRecord | undefined>;
}

export interface Posting {
  readonly id: string;
  readonly secrets: string | readonly string[];
  /** In seconds. */
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Parts {
  readonly labourers?: readonly string[];
  readonly invoker?: Partial<HttpInvokerOptions>;
  readonly reports?: Partial<ReportHandlerOptions>;
}

/** A whole composition with one task for each labourer, such as `thumb-1`, an endpoint for it, and a server for its reports, until the end of the test. */
export const house = async (answer: Answering, { labourers = ['thumb'], invoker = {}, reports = {} }: Parts = {}): Promise<House> => {
  const endpoint = await startEndpoint(answer);
  const clock = new ManualClock(1_795_420_800_000);
  const reeve = createReeve({
    labourers: Object.fromEntries(labourers.map((id) => [id, { target: `${endpoint.url}/${id}`, maxSimultaneousInvocations: 5 }])),
    use: [memoryStore(), httpInvoker({ ...LOCAL, ...invoker }), new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock))],
  });
  const refusals: Refusal[] = [];
  const handler = reportHandler(reeve.assistant, {
    secrets: { current: SECRET },
    clock,
    onRefused: (refusal) => void refusals.push(refusal),
    ...reports,
  });
  const server = await serve(toNode(handler));
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  for (const { id } of reeve.labourers) await reeve.enqueue(id, { key: 'cat.jpg' }, { id: `${id}-1` });

  const post: House['post'] = async (message, how = {}) => {
    const { id = 'msg_1', secrets = SECRET, timestamp = Math.floor(clock.now() / 1_000), headers = {} } = how;
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    const response = await fetch(server.url, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign({ id, timestamp, body }, secrets),
        ...headers,
      },
    });
    return { status: response.status, answer: await response.json() };
  };
  return {
    reeve,
    endpoint,
    clock,
    reports: server.url,
    refusals,
    attempt: () => {
      const { labourer, id, token } = openEnvelope(endpoint.asked.at(-1)!.text).reeve;
      return { labourer, id, token };
    },
    post,
    find: (labourer = 'thumb') => reeve.find({ labourer, id: `${labourer}-1` }),
  };
};
