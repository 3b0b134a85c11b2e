import type { JsonText, TaskKey } from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { isWhole } from '../store/whole.ts';
import type { Life } from './node.ts';
import type { ServiceMaker } from './services.ts';
import { Stream } from './stream.ts';
import { within } from './within.ts';
import type { World } from './world.ts';

/** An entry that is counted up, by comparing and setting. */
const COUNTER = 'operations';

/** How often something is tried again that could not be answered. */
const TRIES = 8;

const VERBS = { cancel: 4, bury: 2, redrive: 5, replace: 3, count: 2 } as const;

/** Nobody but its author knows what a task of a story of his own may be given. */
const VERBS_OF_A_STORY = { ...VERBS, replace: 0 } as const;

/** What an operator does: it is drawn from the seed, what it is done to is what there is then. What gets no answer is done again. */
export class Operations {
  readonly #world: World;
  readonly #done = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  service(): ServiceMaker {
    const { operations = 0, safety } = this.#world.options;
    const start = this.#world.scheduler.now();
    return (life) => {
      const store = this.#world.connect(life);
      if (!isWhole(store)) return {};
      const act = async (number: number): Promise<void> => {
        const draw = new Stream(this.#world.seed, `operation-${number}`);
        const at = draw.below(safety);
        await life.workClock.sleep(Math.max(0, start + at - this.#world.scheduler.now()));
        await this.#insist(life, number, this.#drawn(store, draw, number));
      };
      for (let number = 0; number < operations; number += 1) if (!this.#done.has(number)) void act(number);
      return {};
    };
  }

  async #insist(life: Life, number: number, call: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; tries <= TRIES && this.#world.faultsOn; tries += 1) {
      try {
        await within(life.workClock, call());
        break;
      } catch {
        await life.workClock.sleep(tries * 300);
      }
    }
    this.#done.add(number);
  }

  #drawn(store: WholeStore, draw: Stream, number: number): () => Promise<unknown> {
    const verb = draw.weighted(this.#world.story.task ? VERBS_OF_A_STORY : VERBS) ?? 'cancel';
    const keys = this.#keys(draw);
    switch (verb) {
      case 'cancel':
        return () => store.cancel(keys);
      case 'bury':
        return () => store.bury(keys.map((each) => ({ ...each, error: `buried by operation ${number}` })));
      case 'redrive':
        return () => store.redrive(keys.map((each, n) => ({ ...each, ...(n % 2 && { after: 3_000 }) })));
      case 'replace':
        return () => store.replace(keys.map((each) => ({ ...each, payload: `{"operation": ${number}.0}` as JsonText })));
      case 'count':
        return () => this.#count(store, number);
    }
  }

  /** Up to three of those that there are, those that ended as well, and now and then one that never was. */
  #keys(draw: Stream): readonly TaskKey[] {
    const all = [...this.#world.witness.model.tasks.values()];
    const some = Array.from({ length: draw.between(1, 3) }, () => (draw.happens(0.05) ? undefined : draw.pick(all)));
    return some.map((each) => ({ labourer: each?.labourer ?? 'nobody', id: each?.id ?? 'nothing' }));
  }

  async #count(store: WholeStore, number: number): Promise<void> {
    const [entry] = (await store.look([COUNTER])).entries;
    const stamp = `operation-${number}`;
    if (entry?.stamp === stamp) return; // an earlier try of its own
    const value = `${Number(entry?.value ?? 0) + 1}` as JsonText;
    await store.change([{ name: COUNTER, value, stamp, expected: entry?.stamp ?? null, ...(number % 3 === 0 && { keep: 20_000 }) }]);
  }
}
