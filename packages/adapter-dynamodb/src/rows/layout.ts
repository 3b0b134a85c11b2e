import type { Row } from '../client/requests.ts';
import { type FieldNames, type GreenfieldTables, TTL_FIELD } from '../config/greenfield-tables.ts';
import { GROUP, groupsFor } from '../ledger/group.ts';
import type { Shelf } from '../ledger/shelf.ts';
import type { RegisterShelf } from '../register/register.ts';

/** Ids of our own items in the table of tasks begin with it, so no task's may. */
export const RESERVED = 'reeve:';

/** How closed rows are told apart: sosw's own words for an end, 1 completed and 0 dead, and ours for what it does not know. */
export type ClosedAs = '0' | '1' | 'cancelled' | 'dropped' | 'aside';

/** Where things are in the user's own tables: the one place that turns sosw's names into them. */
export class Layout implements Shelf, RegisterShelf {
  readonly ttl: string = TTL_FIELD;
  readonly tables: GreenfieldTables;
  readonly fields: FieldNames;

  constructor(tables: GreenfieldTables) {
    this.tables = tables;
    this.fields = tables.fields;
  }

  get table(): string {
    return this.tables.tasks;
  }

  keyText(row: Row): string {
    return this.idOf(row);
  }

  shapeFor(cap: number): Row {
    return { [GROUP.groups]: { N: String(groupsFor(cap)) } };
  }

  taskKey(id: string): Row {
    return { [this.fields.task_id]: { S: id } };
  }

  retryKey(labourer: string, id: string): Row {
    return { [this.fields.labourer_id]: { S: labourer }, [this.fields.task_id]: { S: id } };
  }

  /** The item of the table of tasks that keeps a share of a labourer's places. It is in no index: it has neither labourer nor greenfield. */
  groupKey(labourer: string, group: number): Row {
    return this.taskKey(`${RESERVED}places:${labourer}:${group}`);
  }

  /** As a group's, in no index. */
  registerKey(name: string): Row {
    return this.taskKey(`${RESERVED}register:${name}`);
  }

  idOf(row: Row): string {
    return row[this.fields.task_id]?.S ?? '';
  }

  labourerOf(row: Row): string | undefined {
    return row[this.fields.labourer_id]?.S;
  }

  greenfieldOf(row: Row): string | undefined {
    return row[this.fields.greenfield]?.N;
  }

  status(labourer: string, end: ClosedAs): string {
    return `${labourer}_${end}`;
  }
}
