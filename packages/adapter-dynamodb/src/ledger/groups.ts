/** The items that keep a labourer's places: how many there are, and what is in them. */
import type { Requests, Row } from '../client/requests.ts';
import { GROUP } from './group.ts';
import type { Shelf } from './shelf.ts';

export class Groups {
  protected readonly requests: Requests;
  protected readonly shelf: Shelf;
  readonly #capOf: (labourer: string) => number | undefined;
  /** The number of groups by labourer, once it is written: it never changes. */
  readonly #groups = new Map<string, number>();

  /** @param capOf the cap that a labourer is defined with: health may have lowered that of its first claim */
  constructor(requests: Requests, shelf: Shelf, capOf: (labourer: string) => number | undefined) {
    this.requests = requests;
    this.shelf = shelf;
    this.#capOf = capOf;
  }

  /** All groups of a labourer, strongly consistent, in their order. The first claim of a labourer decides how many there are. */
  async read(labourer: string, cap: number): Promise<Row[]> {
    const count = this.#groups.get(labourer);
    if (count !== undefined) return this.readAll(labourer, count);
    const { table } = this.shelf;
    const firstKey = this.shelf.groupKey(labourer, 0);
    let first = (await this.requests.get(table, firstKey)) ?? {};
    if (first[GROUP.groups] === undefined) {
      const set = this.shelf.shapeFor(this.#capOf(labourer) ?? cap);
      // Two first claims at once: the condition lets one number stand, and the other goes by it.
      const written = await this.requests.update(table, firstKey, { set }, (e) => `attribute_not_exists(${e.name(GROUP.groups)})`);
      first = written.row ?? {};
    }
    const groups = Number(first[GROUP.groups]?.N ?? 1);
    this.#groups.set(labourer, groups);
    return groups === 1 ? [first] : this.readAll(labourer, groups);
  }

  /** The groups of many labourers, by labourer; those that never claimed have none. */
  async readMany(labourers: readonly string[], consistent: boolean): Promise<ReadonlyMap<string, readonly Row[]>> {
    const names = [...new Set(labourers)];
    const firsts = await this.#rows(
      names.map((each) => [each, 0] as const),
      consistent,
    );
    const others = names.flatMap((labourer, at) => {
      const count = Number(firsts[at]?.[GROUP.groups]?.N ?? 1);
      return Array.from({ length: count - 1 }, (_, n) => [labourer, n + 1] as const);
    });
    const rest = await this.#rows(others, consistent);
    return new Map(names.map((name, at) => [name, [firsts[at] ?? {}, ...rest.filter((_, n) => others[n]?.[0] === name)]]));
  }

  /** Only the first group of each: it has what is said of all. In the order of the labourers. */
  firsts(labourers: readonly string[]): Promise<readonly Row[]> {
    return this.#rows(
      labourers.map((each) => [each, 0] as const),
      false,
    );
  }

  protected readAll(labourer: string, count: number): Promise<Row[]> {
    if (this.shelf.readAll) return this.shelf.readAll(labourer, count);
    return this.#rows(
      Array.from({ length: count }, (_, group) => [labourer, group] as const),
      true,
    );
  }

  async #rows(wanted: readonly (readonly [labourer: string, group: number])[], consistent: boolean): Promise<Row[]> {
    if (wanted.length === 0) return [];
    const keys = wanted.map(([labourer, group]) => this.shelf.groupKey(labourer, group));
    const found = await this.requests.batchGet(this.shelf.table, keys, consistent);
    const byId = new Map(found.map((row) => [this.shelf.keyText(row), row]));
    return keys.map((key) => byId.get(this.shelf.keyText(key)) ?? {});
  }
}
