import type { RangeQuery, Requests, Row } from '../client/requests.ts';
import { GROUP, groupsFor } from '../ledger/group.ts';
import type { Shelf } from '../ledger/shelf.ts';
import type { RegisterShelf } from '../register/register.ts';

/** Which lanes a labourer has; on its first group. Fixed by the first claim. */
export const LANES = 'lanes';

/** Labourers with a larger cap have more lanes: what one partition of DynamoDB takes is 1,000 write units a second, a task's life about 3. */
const CAP_OF_LANE = 64;
const MOST_LANES = 16;
/** Groups that follow one another share a partition, so that one Query reads them: four are what a read of 4 KB pays for. */
const TOGETHER = 4;
const PARTITIONS = 8;
const MOST_ROWS = 1_000;

export const lanesIn = (first: Row | undefined): number => Math.max(1, Number(first?.[LANES]?.N ?? 1));

const lanesFor = (cap: number): number => Math.min(MOST_LANES, Math.max(1, Math.ceil(cap / CAP_OF_LANE)));

const partOf = (group: number): number => Math.floor(group / TOGETHER) % PARTITIONS;

/** Where the items of the native table are. */
export class NativeShelf implements Shelf, RegisterShelf {
  readonly table: string;
  readonly ttl: string = 'ttl';
  readonly #requests: Requests;

  constructor(table: string, requests: Requests) {
    this.table = table;
    this.#requests = requests;
  }

  groupKey(labourer: string, group: number): Row {
    return keyed(`s#${labourer}#${partOf(group)}`, `g${String(group).padStart(3, '0')}`);
  }

  registerKey(name: string): Row {
    return keyed(`r#${name}`, 'r');
  }

  keyText(row: Row): string {
    return `${row['pk']?.S} ${row['sk']?.S}`;
  }

  shapeFor(cap: number): Row {
    return { [GROUP.groups]: { N: String(groupsFor(cap)) }, [LANES]: { N: String(lanesFor(cap)) } };
  }

  async readAll(labourer: string, count: number): Promise<Row[]> {
    const parts = new Set(Array.from({ length: count }, (_, group) => partOf(group)));
    const pages = await Promise.all([...parts].map((part) => this.#part(`s#${labourer}#${part}`)));
    const byKey = new Map(pages.flat().map((row) => [this.keyText(row), row]));
    return Array.from({ length: count }, (_, group) => byKey.get(this.keyText(this.groupKey(labourer, group))) ?? {});
  }

  async #part(partition: string): Promise<readonly Row[]> {
    const rows: Row[] = [];
    let start: Row | undefined;
    do {
      const page = await this.#requests.query({ ...keyRange(this.table, partition, 'g', 'h'), limit: MOST_ROWS, ...(start && { start }) });
      rows.push(...page.rows);
      start = page.next;
    } while (start);
    return rows;
  }
}

export const keyed = (pk: string, sk: string): Row => ({ pk: { S: pk }, sk: { S: sk } });

export const sortKeyOf = (row: Row): string => row['sk']?.S ?? '';

/** A stretch of one partition. */
export type KeyRange = Omit<RangeQuery, 'limit' | 'start'>;

/** Both ends are included. */
export const keyRange = (table: string, partition: string, from: string, to: string): KeyRange => ({
  table,
  partition: ['pk', partition],
  sort: { name: 'sk', from, to, type: 'S' },
});
