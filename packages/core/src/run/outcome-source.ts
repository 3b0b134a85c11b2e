import { OUTCOME_RATIOS, type OutcomeRatio, ratioOf } from '../decide/outcomes.ts';
import type { Json } from '../domain/json.ts';
import type { MetricSource, Sample } from '../ports/metric-source.ts';
import type { OutcomeBook } from './outcome-book.ts';

/** What attempts came to, as numbers that metrics are made of. */
export class OutcomeSource implements MetricSource {
  readonly name = 'outcomes';
  readonly #book: Pick<OutcomeBook, 'of' | 'refresh'>;

  constructor(book: Pick<OutcomeBook, 'of' | 'refresh'>) {
    this.#book = book;
  }

  check(query: Json): string | undefined {
    if (queryOf(query)) return undefined;
    return `query: ${JSON.stringify(query).slice(0, 80)} asks for no outcome; give { "labourer": its name, "of": one of ${OUTCOME_RATIOS.join(', ')} }`;
  }

  /** @throws what the register throws: nobody knows then how old the last word is */
  async read(queries: readonly Json[]): Promise<readonly Sample[]> {
    await this.#book.refresh();
    return queries.map((each) => this.#sample(each));
  }

  #sample(query: Json): Sample {
    const asked = queryOf(query);
    const known = asked && this.#book.of(asked.labourer);
    const ratio = known && ratioOf(known.entry, asked.of, known.now);
    return ratio ? { kind: 'value', ...ratio } : { kind: 'none' };
  }
}

const queryOf = (query: Json): { readonly labourer: string; readonly of: OutcomeRatio } | undefined => {
  if (typeof query !== 'object' || query === null || Array.isArray(query)) return undefined;
  const { labourer, of } = query as { readonly labourer?: Json; readonly of?: Json };
  const known = OUTCOME_RATIOS.find((each) => each === of);
  return typeof labourer === 'string' && known ? { labourer, of: known } : undefined;
};
