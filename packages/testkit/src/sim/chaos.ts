import type { Life, SimNode } from './node.ts';
import type { Orders } from './producer.ts';
import type { Services } from './services.ts';
import { DRAIN, GRACE } from './services.ts';
import { Stream } from './stream.ts';
import type { World } from './world.ts';

/** A stop may take the time it is given, and a little for what goes on at its end: ways there and back, a sweep that gives up. */
const STOP_LIMIT = DRAIN + 3 * GRACE;

/** A clock is not set back by more than this at once: whoever waits for an instant then waits so much longer. */
const FARTHEST_JUMP = 45_000;

/** What befalls the processes while faults are dealt: crashes, stops, pauses, and clocks that jump. */
export class Chaos {
  readonly #world: World;
  readonly #services: Services;
  readonly #orders: Orders;
  #closing = false;
  readonly #stops = new WeakMap<Life, Promise<void>>();

  constructor(world: World, services: Services, orders: Orders) {
    this.#orders = orders;
    this.#world = world;
    this.#services = services;
  }

  begin(): void {
    const { crash, stop, pause, jump } = this.#world.options.node;
    for (const node of this.#world.nodes) {
      this.#again(node, 'crash', crash, (draw) => this.#crash(node, draw));
      this.#again(node, 'stop', stop, (draw) => this.#stop(node, draw));
      this.#again(node, 'pause', pause, (draw) => this.#pause(node, draw));
      this.#again(node, 'jump', jump, (draw) => this.#jump(node, draw));
    }
    const { rollback, rollbackBy } = this.#world.options;
    this.#again(undefined, 'rollback', rollback, async (draw) => {
      this.#world.deal('store', 'rollback');
      const { witness } = this.#world;
      const before = [...witness.model.tasks.keys()];
      await this.#world.rollBack(draw.below(rollbackBy));
      for (const id of before) if (!witness.model.tasks.has(id)) this.#orders.forgive(id);
    });
    // A worker may crash its process at any time.
    this.#again(undefined, 'revive', 4_000, () => this.reviveAll());
  }

  /** Stops all nodes for good. @returns how many have not ended yet, at any time */
  stopAll(): () => number {
    this.#closing = true;
    let left = this.#world.nodes.length;
    for (const node of this.#world.nodes) void this.stop(node).then(() => (left -= 1));
    return () => left;
  }

  /** Every node has a process again. */
  reviveAll(): void {
    for (const node of this.#world.nodes) this.#services.start(node);
  }

  /** Stops it, and holds it to the time that a stop may take. */
  async stop(node: SimNode): Promise<void> {
    const { life } = node;
    if (!life) return;
    const stop = this.#stops.get(life) ?? this.#stopOnce(node, life);
    this.#stops.set(life, stop);
    await stop;
  }

  async #stopOnce(node: SimNode, life: Life): Promise<void> {
    let ended = false;
    this.#world.tell(life.name, 'is stopped');
    this.#expectEnd(node, () => ended || !life.alive, this.#world.scheduler.now());
    await this.#services.stop(node);
    ended = true;
  }

  #expectEnd(node: SimNode, isOver: () => boolean, since: number): void {
    const { scheduler, violations } = this.#world;
    const from = Math.max(since, node.pausedUntil);
    scheduler.after(from + STOP_LIMIT - scheduler.now(), () => {
      if (isOver()) return;
      // It stood still meanwhile, and has its time from then on.
      if (node.pausedUntil > from) this.#expectEnd(node, isOver, since);
      else if (node.name.startsWith('daemon')) violations.add('stop', `${node.name} was stopped ${STOP_LIMIT} ms ago and goes on`);
    });
  }

  #crash(node: SimNode, draw: Stream): void {
    if (!node.life) return;
    this.#world.deal(node.life.name, 'crash');
    node.crash();
    this.#world.scheduler.after(draw.below(8_000), () => this.#services.start(node));
  }

  #stop(node: SimNode, draw: Stream): void {
    if (!node.life || this.#stops.has(node.life) || node.name.startsWith('producer') || node.name.startsWith('worker')) return;
    this.#world.deal(node.life.name, 'stop');
    const back = draw.below(3_000);
    void this.stop(node).then(() => this.#world.scheduler.after(back, () => this.#services.start(node)));
  }

  #pause(node: SimNode, draw: Stream): void {
    if (!node.life) return;
    const wait = draw.below(this.#world.options.node.pauseFor);
    this.#world.deal(node.life.name, `pause`);
    node.pause(wait);
  }

  #jump(node: SimNode, draw: Stream): void {
    const most = Math.min(this.#world.options.node.skew, FARTHEST_JUMP);
    if (most === 0) return;
    this.#world.deal(node.name, 'jump');
    node.shiftClock(draw.between(-most, most));
  }

  /** While faults are dealt, every so often. */
  #again(node: SimNode | undefined, what: string, mean: number, act: (draw: Stream) => void | Promise<void>): void {
    if (mean === 0) return;
    const { scheduler, seed } = this.#world;
    const draw = new Stream(seed, `chaos-${what}-${node?.name ?? 'all'}`);
    const next = (): void => {
      scheduler.after(draw.wait(mean), async () => {
        if (this.#closing || !(this.#world.faultsOn || what === 'revive')) return;
        await act(draw);
        next();
      });
    };
    next();
  }
}
