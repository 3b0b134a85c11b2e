import { Assistant, type AttemptRef, type InvokeContext, type Labourer, type Lease, type Report, refOf } from '@reeve/core';
import { limitedFor } from './limited.ts';
import type { Life, SimNode } from './node.ts';
import { Stream } from './stream.ts';
import { within } from './within.ts';
import type { Fleet } from './workshop.ts';
import { workersIn } from './workshop.ts';
import type { World } from './world.ts';

/** How often a worker tries to get its word through before it gives up. */
const TRIES = 6;

/** Processes of workers that are handed work over the network, and report to the Assistant. */
export class RemoteFleet implements Fleet {
  readonly #world: World;
  readonly #draw: Stream;
  readonly #sites = new Map<SimNode, { readonly life: Life; readonly work: (labourer: Labourer, lease: Lease) => void }>();

  constructor(world: World) {
    this.#world = world;
    this.#draw = new Stream(world.seed, 'fleet');
  }

  /** A process of workers begins. */
  employ(life: Life): void {
    const world = this.#world;
    const store = world.connect(life);
    const { labourers } = world;
    const assistant = new Assistant({
      labourers,
      store: limitedFor(world, life, store, { labourers }),
      reader: store,
      chance: life.chance,
    });
    const workers = workersIn(world, life, 'remote');
    const work = async (labourer: Labourer, lease: Lease): Promise<void> => {
      const stop = new AbortController();
      const context: InvokeContext = {
        signal: stop.signal,
        heartbeat: async () => {
          const { alive } = await within(life.workClock, assistant.heartbeat(refOf(lease)));
          if (!alive) stop.abort(new Error('the lease is lost'));
          return alive;
        },
      };
      const delivery = await workers.invoke(labourer, lease, context);
      if (delivery.kind !== 'finished') return;
      await report(life, assistant, refOf(lease), delivery.report);
    };
    this.#sites.set(life.node, { life, work: (labourer, lease) => void work(labourer, lease) });
  }

  send(labourer: Labourer, lease: Lease): void {
    const { scheduler } = this.#world;
    scheduler.after(1 + this.#draw.below(50), () => {
      const open = [...this.#sites.values()].filter(({ life }) => life.alive);
      if (open.length === 0) this.send(labourer, lease);
      else {
        const { life, work } = this.#draw.pick(open);
        life.receive(() => work(labourer, lease));
      }
    });
  }
}

/** Again and again, as a worker does that has its work behind it. What comes too late is refused, and no fault. */
const report = async (life: Life, assistant: Assistant, ref: AttemptRef, said: Report): Promise<void> => {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      await within(life.workClock, assistant.report(ref, said));
      return;
    } catch {
      await life.workClock.sleep(tries * 500);
    }
  }
};
