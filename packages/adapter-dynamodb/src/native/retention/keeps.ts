/**
 * How long ended tasks of each labourer last. `maintain` is told, and says it on the labourer's first group, which every claim reads; so
 * the ends that a process writes last as long as they should, whoever is told. One that never claims goes by how the labourer is defined.
 */
import type { Millis, Retention } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import type { EndKind } from '../codec/ending.ts';

/** Ages of completed tasks and of others, in milliseconds, with a space between; nothing where the store's own settings hold. */
export const KEEP = 'keep';

export const keepText = ({ completed, others }: Retention): string => `${completed?.age ?? ''} ${others?.age ?? ''}`;

export class Keeps {
  readonly #otherwise: Millis;
  readonly #keepOf: (labourer: string) => Retention | undefined;
  readonly #texts = new Map<string, string>();

  constructor(otherwise: Millis, keepOf: (labourer: string) => Retention | undefined = () => undefined) {
    this.#otherwise = otherwise;
    this.#keepOf = keepOf;
  }

  note(labourer: string, text: string): void {
    this.#texts.set(labourer, text);
  }

  learn(labourer: string, first: Row | undefined): void {
    const text = first?.[KEEP]?.S;
    if (text !== undefined) this.note(labourer, text);
  }

  of(labourer: string, kind: EndKind): Millis {
    const [completed, others] = this.#ages(labourer);
    return (kind === 'completed' ? completed : others) ?? this.#otherwise;
  }

  /** Of whatever kind its end will be. */
  longest(labourer: string): Millis {
    return Math.max(...this.#ages(labourer).map((age) => age ?? this.#otherwise));
  }

  #ages(labourer: string): readonly [Millis | undefined, Millis | undefined] {
    const text = this.#texts.get(labourer) ?? keepText(this.#keepOf(labourer) ?? {});
    this.note(labourer, text);
    const [completed = '', others = ''] = text.split(' ');
    return [completed, others].map((each) => (each === '' ? undefined : Number(each))) as [Millis | undefined, Millis | undefined];
  }
}
