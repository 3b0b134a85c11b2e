/**
 * What a labourer has ever had, said on its first group before the first task of that kind is stored. Whoever reads the group, as each
 * claim does, need not look for what there cannot be; so who has no use for it pays nothing. A mark stays for good.
 */
import type { Requests, Row } from '../client/requests.ts';
import type { Shelf } from './shelf.ts';

export const MARK = {
  /** Tasks with a priority. */
  urgent: 'reeve_urgent',
  /** Tasks that something follows from. */
  follow: 'reeve_follows',
  /** Tasks with a key. */
  keyed: 'reeve_keyed',
} as const;

export type Mark = keyof typeof MARK;

export class Marks {
  readonly #requests: Requests;
  readonly #shelf: Shelf;
  /** What this process has written: it does so once. */
  readonly #made = new Set<string>();

  constructor(requests: Requests, shelf: Shelf) {
    this.#requests = requests;
    this.#shelf = shelf;
  }

  async make(labourer: string, mark: Mark): Promise<void> {
    const known = `${mark} ${labourer}`;
    if (this.#made.has(known)) return;
    await this.#requests.update(this.#shelf.table, this.#shelf.groupKey(labourer, 0), { set: { [MARK[mark]]: { BOOL: true } } });
    this.#made.add(known);
  }
}

export const hasMark = (first: Row | undefined, mark: Mark): boolean => first?.[MARK[mark]] !== undefined;
