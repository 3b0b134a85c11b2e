import { type Handler, InProcessInvoker, type InvokeContext, type Invoker, type Labourer, type Lease } from '@reeve/core';
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
      const delivery = await inner.invoke(labourer, lease, context);
      if (!life.alive) return delivery;
      const report = delivery.kind === 'finished' ? delivery.report : undefined;
      world.works.end(work, report);
      world.tell(life.name, `ends ${lease.id}#${lease.attempt} ${report?.kind}`);
      return delivery;
    },
  };
};

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
  return {
    ...(parallelism > 0 && { parallelism }),
    invoke: (labourer: Labourer, lease: Lease, context: InvokeContext) => life.hear(faulty.invoke(labourer, lease, context)),
  };
};

const handingTo = (fleet: Fleet): Invoker => ({
  invoke: async (labourer, lease) => {
    fleet.send(labourer, lease);
    return { kind: 'accepted' };
  },
});
