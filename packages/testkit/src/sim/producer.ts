import { Assistant, Doorbell, Enqueuer, Events, type Json, type JsonText, type NewTask, ReeveError } from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { limitedFor } from './limited.ts';
import { Ordering } from './ordering.ts';
import { KEYS, PAYLOADS } from './payloads.ts';
import type { ServiceMaker } from './services.ts';
import { Stream } from './stream.ts';
import { within } from './within.ts';
import type { StoryTask, World } from './world.ts';

/** What is asked of a task beside its payload. */
type Asked = Pick<NewTask, 'priority' | 'expiresAt' | 'follow' | 'key'>;

interface Ordered extends StoryTask {
  readonly id: string;
  /** When it is to be enqueued, in milliseconds from the beginning. */
  readonly at: number;
  readonly asked: Asked;
}

/** Who wants work done, with a list that survives crashes: what was not confirmed is enqueued again, by the same id. */
export class Orders {
  readonly #world: World;
  readonly #open: Ordered[];
  readonly #confirmed = new Set<string>();
  readonly #forgiven = new Set<string>();
  readonly #batches: Ordering;

  constructor(world: World) {
    this.#world = world;
    const { tasks, safety } = world.options;
    const draw = new Stream(world.seed, 'orders');
    const task = world.story.task ?? builtIn(world);
    this.#open = Array.from({ length: tasks }, (_, number) => {
      const ordered = { ...task(number, draw), id: `task-${number}`, at: draw.below((safety * 2) / 3) };
      return { ...ordered, asked: askedOf(world, number, ordered) };
    });
    for (const each of this.#open) world.works.enqueued(each, JSON.stringify(each.payload));
    this.#batches = new Ordering(world);
  }

  get allConfirmed(): boolean {
    return this.#confirmed.size === this.#open.length && this.#batches.allConfirmed;
  }

  /** The store has lost it again, and its confirmation may still be on its way. */
  forgive(id: string): void {
    this.#forgiven.add(id);
  }

  /** What was confirmed and has to be there. */
  get owed(): readonly string[] {
    return [...this.#confirmed].filter((id) => !this.#forgiven.has(id));
  }

  /**
   * One more of each kind for each labourer, straight into the store.
   * @returns their ids
   */
  async fresh(): Promise<readonly string[]> {
    const { labourers, works, scheduler } = this.#world;
    const store = this.#world.watched('the end', scheduler);
    const draw = new Stream(this.#world.seed, 'late');
    const payloadOf = (labourer: string, n: number): Json => {
      const { task } = this.#world.story;
      if (!task) return n === 0 ? { corn: 'late' } : 'late';
      for (let number = 0; number < 1_000; number += 1) {
        const one = task(number, draw);
        if (one.labourer === labourer) return one.payload;
      }
      return null;
    };
    const tasks = labourers.flatMap(({ id: labourer }) =>
      [0, 1].map((n) => ({ labourer, id: `late-${labourer}-${n}`, payload: JSON.stringify(payloadOf(labourer, n)) as JsonText })),
    );
    for (const each of tasks) works.enqueued(each, each.payload);
    await store.enqueue(tasks);
    return tasks.map(({ id }) => id);
  }

  /** A process that sees to every so-many-th of them. */
  producer(share: number, of: number): ServiceMaker {
    const start = this.#world.scheduler.now();
    return (life) => {
      const { labourers } = this.#world;
      const common = { labourers, store: this.#asking(this.#world.connect(life)), clock: life.clock, chance: life.chance };
      const enqueuer = new Enqueuer({ ...common, events: new Events(), doorbell: new Doorbell(), follower: { expect: () => {} } });
      const enqueue = async (batch: readonly Ordered[]): Promise<void> => {
        const [first] = batch as readonly [Ordered];
        // By the world's time, so that a clock that is wrong does not keep a producer from its work.
        await life.workClock.sleep(Math.max(0, start + first.at - this.#world.scheduler.now()));
        const items = batch.map(({ id, payload, delay, key }) => ({
          id,
          payload,
          ...(delay !== undefined && { delay }),
          ...(key !== undefined && { key }),
        }));
        for (let tries = 1; ; tries += 1) {
          try {
            await within(life.workClock, enqueuer.enqueueMany(first.labourer, items));
            for (const { id } of batch) this.#confirmed.add(id);
            return;
          } catch (error) {
            if (ReeveError.is(error) && error.kind === 'input') throw error; // the story's own mistake: the run fails with it
            await life.workClock.sleep(200 * Math.min(tries, 20));
          }
        }
      };
      for (const calls of this.#calls(share, of)) void enqueue(calls);
      this.#batches.order(life, { ...common, enqueuer }, share, of);
      return {};
    };
  }

  /** Says of each task what is asked of it. */
  #asking(store: Store): Store {
    const asked = new Map(this.#open.map((each) => [each.id, each.asked]));
    return { ...store, enqueue: (tasks) => store.enqueue(tasks.map((each) => ({ ...each, ...asked.get(each.id) }))) };
  }

  /** Up to three of one labourer go in one call. */
  #calls(share: number, of: number): readonly (readonly Ordered[])[] {
    const mine = this.#open.filter(({ id }, number) => number % of === share && !this.#confirmed.has(id));
    const calls: Ordered[][] = [];
    for (const each of mine) {
      const last = calls.at(-1);
      if (last && last.length < 3 && last[0]?.labourer === each.labourer) last.push(each);
      else calls.push([each]);
    }
    return calls;
  }
}

/** The task that follows this one. */
export const nextOf = (id: string): string => `after-${id}`;

/** Drawn from a source of its own. Instants are the store's. */
const askedOf = ({ seed, scheduler, options }: World, number: number, { id, labourer, payload, at }: Omit<Ordered, 'asked'>): Asked => {
  const { urgent = 0, hasty = 0, followed = 0, keyed = 0 } = options;
  const draw = new Stream(seed, `asked-${number}`);
  const next = [{ on: 'onEnded', labourer, id: nextOf(id), payload }];
  return {
    ...(draw.happens(urgent) && { priority: draw.below(10) }),
    ...(draw.happens(hasty) && { expiresAt: scheduler.now() + at + draw.below(15_000) }),
    ...(draw.happens(followed) && { follow: JSON.stringify({ v: 1, next }) as JsonText }),
    ...(draw.happens(keyed) && { key: draw.pick(KEYS) }),
  };
};

const builtIn = (world: World) => {
  const names = world.labourers.map(({ id }) => id);
  return (_number: number, draw: Stream): StoryTask => ({
    labourer: draw.pick(names),
    payload: draw.pick(PAYLOADS),
    ...(draw.happens(0.2) && { delay: draw.below(20_000) }),
  });
};

/** Somebody who repeats old reports and makes up new ones. */
export const meddler =
  (world: World): ServiceMaker =>
  (life) => {
    const store = world.connect(life);
    const { labourers } = world;
    const assistant = new Assistant({
      labourers,
      store: limitedFor(world, life, store, { labourers }),
      reader: store,
      chance: life.chance,
    });
    const draw = new Stream(world.seed, 'meddler');
    const meddle = async (): Promise<void> => {
      await life.workClock.sleep(draw.below(world.options.safety));
      const task = draw.pick([...world.witness.model.tasks.values(), undefined]);
      const labourer = task?.labourer ?? draw.pick(world.labourers).id;
      const token = task?.token ?? 'forged';
      const ref = { labourer, id: task?.id ?? 'nothing', token };
      const said = world.works.saidOf(ref).at(-1);
      if (said) await assistant.report(ref, said);
      else await assistant.report({ ...ref, token: 'forged' }, { kind: 'done', result: '"forged"' as JsonText });
    };
    for (let n = 0; n < world.options.meddling; n += 1) meddle().catch(() => {}); // it is refused, or cannot be delivered
    return {};
  };
