import assert from 'node:assert/strict';
import type { EndRef } from '@reeve/core';
import type { WholeBench, WholeStore } from '../bench.ts';
import { json } from '../given.ts';
import { LABOURERS, Play } from './play.ts';
import { momentOf } from './retention.ts';

/** Steps of an operator, and of whoever sees to what follows, amid those of `Play`. */
export class WholePlay {
  readonly #bench: WholeBench;
  readonly #play: Play;
  /** Ends that were seen at some time: to be taken out now, or once more. */
  readonly #ends: EndRef[] = [];

  constructor(bench: WholeBench, seed: number) {
    this.#bench = bench;
    this.#play = new Play(bench, seed);
  }

  get log(): readonly string[] {
    return this.#play.log;
  }

  step(): Promise<void> {
    const redrive = () => this.#redrive();
    const steps = [() => this.#cancel(), () => this.#cancel(), () => this.#bury(), redrive, redrive, redrive, () => this.#replace()];
    return this.#play.step([...steps, () => this.#seeToEnds()]);
  }

  finish(): Promise<void> {
    return this.#play.finish();
  }

  async #cancel(): Promise<void> {
    const { dice, model } = this.#play;
    const keys = dice.some(3, () => this.#play.someKey());
    this.#tell('cancel', keys);
    assert.deepEqual(
      await this.#either().cancel(keys),
      keys.map((each) => model.cancel(each)),
    );
  }

  async #bury(): Promise<void> {
    const { dice, model, log } = this.#play;
    const burials = dice.some(2, () => ({ ...this.#play.someKey(), error: `buried ${log.length}` }));
    this.#tell('bury', burials);
    assert.deepEqual(
      await this.#either().bury(burials),
      burials.map((each) => model.bury(each)),
    );
  }

  async #redrive(): Promise<void> {
    const { dice, model } = this.#play;
    const redrives = dice.some(4, () => ({
      ...this.#play.someKey(),
      ...(dice.below(3) === 0 && { after: this.#play.length(dice.below(3)) }),
    }));
    this.#tell('redrive', redrives);
    // Over one connection, as tasks are enqueued: of two that queue within one tick of the clock, no order is promised.
    assert.deepEqual(
      await this.#bench.store.redrive(redrives),
      redrives.map((each) => model.redrive(each)),
    );
  }

  async #replace(): Promise<void> {
    const { dice, model, log } = this.#play;
    const replacements = dice.some(3, () => ({ ...this.#play.someKey(), payload: json(`{"replaced": ${log.length}.0}`) }));
    this.#tell('replace', replacements);
    assert.deepEqual(
      await this.#either().replace(replacements),
      replacements.map((each) => model.replace(each)),
    );
  }

  async #seeToEnds(): Promise<void> {
    const { dice, model } = this.#play;
    await this.#bench.settled?.();
    const seen = await this.#either().outbox(LABOURERS, 1_000);
    const expected = model.outbox(LABOURERS);
    const facts = ({ labourer, id, state, endedAt, follow, result }: (typeof seen)[number] | (typeof expected)[number]): string =>
      JSON.stringify([endedAt, labourer, id, state, follow, result]);
    assert.deepEqual(seen.map(facts).sort(), expected.map(facts).sort(), 'the outbox');
    assert.deepEqual(seen.map(momentOf), expected.map(momentOf), 'the order of the outbox');
    this.#ends.push(...seen.map(({ labourer, id, endedAt }) => ({ labourer, id, endedAt })));
    const some = this.#ends.length > 0 ? dice.some(6, () => dice.pick(this.#ends.slice(-20))) : [];
    this.#tell('take out', some);
    await this.#either().takeOut(some);
    for (const each of some) model.takeOut(each);
  }

  #tell(what: string, keys: readonly { readonly id: string }[]): void {
    this.#play.log.push(`${what} ${keys.map(({ id }) => id).join(', ')}`);
  }

  #either(): WholeStore {
    return this.#play.dice.below(2) ? this.#bench.store : this.#bench.peer;
  }
}
