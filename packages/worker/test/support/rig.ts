import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  Chance,
  Clock,
  createReeve,
  Invoker,
  type LabourerDefinition,
  Operator,
  Outbox,
  type Reeve,
  Register,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import { CountingChance, type LambdaFault, type LambdaHandler, ManualClock, startLambdaEndpoint } from '@reeve/testkit';
import { type Handler, reportTo, type WorkerOptions, worker } from '@reeve/worker';
import { ContainerModule } from 'inversify';
import { onTestFinished } from 'vitest';
import { type AnyStore, memory, type Stores } from './stores.ts';

/** What every request has to be signed with. Nobody checks it here. */
export const SIGNED = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } as const;

/** The same for a process of its own. */
export const LOCAL = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_REGION: 'us-east-1',
};

/** From claim to expiry. */
export const LEASE = 60_000;

/** When Lambda runs a failed event again: within the lease, and after it. */
export const RETRIES = [20_000, 120_000] as const;

let ids = 0;

/** Repeats come at once: a wait of nothing is over at once on any clock. No two containers make the same ids. */
export const eager = () => ({
  id: () => {
    ids += 1;
    return `id-${ids}`;
  },
  random: () => 0,
});

const parts = (store: AnyStore, clock: ManualClock, chance: CountingChance) =>
  new ContainerModule(({ bind }) => {
    for (const token of [TaskStore, TaskReader, Operator, Outbox, Register]) bind<unknown>(token).toConstantValue(store);
    bind(Clock).toConstantValue(clock);
    bind(Chance).toConstantValue(chance);
  });

export interface RigOptions {
  readonly handler?: Handler;
  readonly options?: WorkerOptions;
  readonly labourer?: Partial<LabourerDefinition>;
  readonly stores?: (clock: ManualClock) => Promise<Stores>;
  /** Of the Assistant. */
  readonly maxResultBytes?: number;
  /** How far the worker's clock is ahead of the store's. */
  readonly clockOff?: number;
  /** Whether each run of the function is in a new container. */
  readonly isCold?: boolean;
}

/** An Orchestrator, a function that is a worker, and a function that is the Assistant, on a Lambda of this machine. */
export const open = async ({
  handler = () => {},
  options = {},
  labourer,
  stores = memory,
  isCold = false,
  clockOff = 0,
  ...limits
}: RigOptions = {}) => {
  const [clock, chance] = [new ManualClock(), new CountingChance()];
  const { one, two } = await stores(clock);
  const labourers = {
    thumb: {
      maxSimultaneousInvocations: 9,
      lease: { duration: LEASE - 10_000, cooldown: 10_000 },
      retry: { kind: 'fixed', wait: 1_000 },
      ...labourer,
    },
  } as const;
  const nobody = new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue({ invoke: async () => ({ kind: 'accepted' }) }));
  const assistant: Reeve = createReeve({ labourers, use: [parts(two, clock, new CountingChance(7)), nobody], ...limits });
  const faults: (LambdaFault | undefined)[] = [];
  const endpoint = await startLambdaEndpoint({
    clock,
    functions: { assistant: (message) => assistant.assistant.receive(message) },
    fault: ({ functionName }) => (functionName === 'assistant' ? faults.shift() : undefined),
    retryDelays: RETRIES,
  });
  const client = new LambdaClient({ ...SIGNED, endpoint: endpoint.url, maxAttempts: 1 });
  const own = { now: () => clock.now() + clockOff, sleep: (wait: number, signal?: AbortSignal) => clock.sleep(wait, signal) };
  const viaLambda = reportTo.lambda({ functionName: 'assistant', client });
  const make = (others: WorkerOptions = {}) => worker(handler, { reportTo: viaLambda, clock: own, chance: eager(), ...options, ...others });
  const warm = make();
  const answers: unknown[] = [];
  const thumb: LambdaHandler = async (event) => {
    const answer = await (isCold ? make() : warm)(event, {});
    answers.push(answer);
    return answer;
  };
  endpoint.deploy('thumb', thumb);
  const reeve: Reeve = createReeve({ labourers, use: [parts(one, clock, chance), lambdaInvoker({ ...SIGNED, endpoint: endpoint.url })] });
  onTestFinished(async () => {
    await reeve.close();
    await assistant.close();
    client.destroy();
    await endpoint.close();
  });
  const find = async () => reeve.find({ labourer: 'thumb', id: '1' });
  return {
    clock,
    reeve,
    assistant,
    endpoint,
    client,
    faults,
    make,
    warm,
    answers,
    find,
    state: async () => (await find())?.state,
    /** What the function was sent so far. */
    events: () => endpoint.calls.filter(({ functionName }) => functionName === 'thumb').map(({ text }) => text),
    /** What the Assistant was told so far. */
    told: () => endpoint.calls.filter(({ functionName }) => functionName === 'assistant').map(({ text }) => String(JSON.parse(text).reeve)),
    /** Enqueues one task, and hands it to the function. */
    begin: async (payload: unknown = { key: 'cat.jpg' }) => {
      await reeve.enqueue('thumb', payload as object, { id: '1' });
      await reeve.tick();
      await endpoint.settled();
    },
    /** Lambda delivers an event once more. */
    deliver: async (event: string) => {
      await client.send(new InvokeCommand({ FunctionName: 'thumb', InvocationType: 'Event', Payload: Buffer.from(event) }));
      await endpoint.settled();
    },
  };
};
