import type { Row } from '../client/requests.ts';

/** Where a layout keeps the items of its ledger's groups. */
export interface Shelf {
  readonly table: string;
  groupKey(labourer: string, group: number): Row;
  /** One text for a key and for the item that has it. */
  keyText(row: Row): string;
  /** What the first group says for ever, from a labourer's first claim on: how many groups there are, and what else is fixed by it. */
  shapeFor(cap: number): Row;
  /** All groups of a labourer in their order, strongly consistent, by fewer reads than one each. Absent: each by its key. */
  readAll?(labourer: string, count: number): Promise<Row[]>;
}
