import { ReeveError } from '../errors.ts';
import { oneEach } from './one-each.ts';

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** Most of one call to the store. */
const MOST_AT_ONCE = 500;

/**
 * Gathers what is asked for within one turn of the event loop and asks for it in one call: a hundred reports that arrive
 * together cost one exchange with the store, and a lone one waits for nothing.
 */
export class Together<Ask, Answer> {
  readonly #verb: string;
  readonly #askAll: (asks: readonly Ask[]) => Promise<readonly Answer[]>;
  readonly #onAnswer: (ask: Ask, answer: Answer) => void;
  #waiting: Waiting<Ask, Answer>[] = [];

  constructor(
    verb: string,
    askAll: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
    onAnswer: (ask: Ask, answer: Answer) => void = () => {},
  ) {
    this.#verb = verb;
    this.#askAll = askAll;
    this.#onAnswer = onAnswer;
  }

  /** @throws what the store throws, or ReeveError STORE_BROKE_CONTRACT: whether it happened is then unknown */
  ask(one: Ask): Promise<Answer> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ ask: one, answer, fail });
      if (this.#waiting.length === 1) setImmediate(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < all.length; from += MOST_AT_ONCE) await this.#send(all.slice(from, from + MOST_AT_ONCE));
  }

  async #send(batch: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = oneEach(this.#verb, batch.length, await this.#askAll(batch.map(({ ask }) => ask)));
      batch.forEach(({ ask, answer }, n) => {
        this.#onAnswer(ask, answers[n] as Answer);
        answer(answers[n] as Answer);
      });
    } catch (error) {
      // Nothing was written, because of one of them. Each for itself, so that nobody fails for what another asked.
      if (batch.length > 1 && ReeveError.is(error) && error.kind === 'input') for (const each of batch) await this.#send([each]);
      else for (const { fail } of batch) fail(error);
    }
  }
}
