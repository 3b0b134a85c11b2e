import {
  type Handler,
  InProcessInvoker,
  type InvokeContext,
  type Invoker,
  type JsonText,
  type Labourer,
  type Lease,
  type Report,
} from '@reeve/core';
import { faultyInvoker } from '../faults/faulty-invoker.ts';
import type { Life } from './node.ts';
import { playing } from './plays.ts';
import { Stream } from './stream.ts';
import type { Work } from './work-log.ts';
import type { World } from './world.ts';

/** Results longer than this cannot be kept. One of the built-in workers' is. */
const MAX_RESULT_BYTES = 512;

/** The workers of one process, each start and end of theirs written down. */
export const workersIn = (world: World, life: Life, where: 'here' | 'remote'): Invoker => {
  const tools = { clock: life.workClock, chance: life.chance };
  const handlers = world.story.handlers?.(tools) ?? builtIn(world, life);
  const inner = new InProcessInvoker({ handlers, maxResultBytes: MAX_RESULT_BYTES });
  return {
    invoke: async (labourer, lease, context) => {
      // Asked for at once, so that the log can see whether the worker was told to stop. Nobody tells a remote one when its time is up.
      const work: Work = { lease, life, ...(where === 'here' && { signal: context.signal }) };
      world.tell(life.name, `starts ${lease.id}#${lease.attempt} ${lease.token}`);
      world.works.begin(work);
      world.limits.began(work);
      const delivery = await inner.invoke(labourer, lease, context);
      if (!life.alive) return delivery;
      const report = delivery.kind === 'finished' ? withStats(delivery.report, where) : undefined;
      world.works.end(work, report);
      world.tell(life.name, `ends ${lease.id}#${lease.attempt} ${report?.kind}`);
      return report ? { kind: 'finished', report } : delivery;
    },
  };
};

/** Remote workers tell how they fared as well. */
const withStats = (report: Report, where: 'here' | 'remote'): Report =>
  where === 'remote' && report.kind === 'done' ? { ...report, stats: '{"took-ms":1.0,"a b":["00123"]}' as JsonText } : report;

const builtIn = (world: World, life: Life): Readonly<Record<string, Handler>> => {
  const crash = (): void => {
    world.tell(life.name, 'is crashed by its worker');
    if (life.alive) life.node.crash();
  };
  const handler = playing({ seed: world.seed, clock: life.workClock, labourers: world.labourers, plays: () => world.plays, crash });
  return Object.fromEntries(world.labourers.map(({ id }) => [id, handler]));
};

/** Where remote work goes: to one of the workers' processes that live. */
export interface Fleet {
  /** At least once, to whoever lives; if nobody does, later. */
  send(labourer: Labourer, lease: Lease): void;
}

/** What a node hands its attempts to: workers of its own process, or the fleet, over a way that has faults. */
export const invokerOf = (world: World, life: Life, fleet: Fleet | undefined): Invoker => {
  const { parallelism } = world.options;
  const base: Invoker = fleet ? handingTo(fleet) : workersIn(world, life, 'here');
  const faulty = faultyInvoker(base, {
    clock: world.scheduler,
    chance: new Stream(world.seed, `invoker-${life.name}`),
    faults: () => world.invokerFaults,
    kind: fleet ? 'accepts' : 'finishes',
    onFault: (fault) => world.deal(life.name, `invoke: ${fault}`),
  });
  const throttled = throttlingOnce(world, faulty);
  const planted = world.planted.wrapInvoker?.(throttled) ?? throttled;
  return {
    ...(parallelism > 0 && { parallelism }),
    invoke: (labourer: Labourer, lease: Lease, context: InvokeContext) => life.hear(planted.invoke(labourer, lease, context)),
  };
};

/** To be refused is no fault. In the calm each process is, once, and the attempt has to be given back. */
const throttlingOnce = (world: World, invoker: Invoker): Invoker => {
  let throttled = false;
  return {
    invoke: async (labourer, lease, context) => {
      if (world.phase !== 'calm' || throttled) return invoker.invoke(labourer, lease, context);
      throttled = true;
      return { kind: 'refused', reason: 'throttled, once', retryAfter: 1_000 };
    },
  };
};

const handingTo = (fleet: Fleet): Invoker => ({
  invoke: async (labourer, lease) => {
    fleet.send(labourer, lease);
    return { kind: 'accepted' };
  },
});
