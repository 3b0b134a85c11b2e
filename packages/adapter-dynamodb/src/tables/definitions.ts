/** What sosw's three tables look like: the one place that both `createTables` and `verifyTables` go by. */
import type { GreenfieldTables } from '../config/greenfield-tables.ts';

/** `S` or `N`, as DynamoDB says it. */
export type KeyType = 'S' | 'N';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface KeyPair {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

export interface IndexDefinition extends KeyPair {
  readonly name: string;
  readonly kind: 'global' | 'local';
  /** All attributes, or the keys and these. */
  readonly projection: 'ALL' | readonly string[];
}

export interface TableDefinition extends KeyPair {
  readonly name: string;
  readonly index: IndexDefinition;
  /** Whether rows carry the instant after which DynamoDB may drop them. */
  readonly ttl: boolean;
}

/** The tables of the contract under the user's own names for tables, indexes and attributes. */
export const tableDefinitions = ({
  tasks,
  closed,
  retry,
  greenfieldIndex,
  closedIndex,
  retryIndex,
  fields,
}: GreenfieldTables): readonly TableDefinition[] => {
  const text = (name: string): KeyAttribute => ({ name, type: 'S' });
  const number = (name: string): KeyAttribute => ({ name, type: 'N' });
  return [
    {
      name: tasks,
      partition: text(fields.task_id),
      index: {
        name: greenfieldIndex,
        kind: 'global',
        partition: text(fields.labourer_id),
        sort: number(fields.greenfield),
        projection: 'ALL',
      },
      ttl: true,
    },
    {
      name: closed,
      partition: text(fields.task_id),
      index: {
        name: closedIndex,
        kind: 'global',
        partition: text(fields.labourer_id_task_status),
        sort: number(fields.closed_at),
        projection: [fields.completed_at, fields.greenfield, fields.attempts],
      },
      ttl: true,
    },
    {
      name: retry,
      partition: text(fields.labourer_id),
      sort: text(fields.task_id),
      index: {
        name: retryIndex,
        kind: 'local',
        partition: text(fields.labourer_id),
        sort: number(fields.desired_launch_time),
        projection: 'ALL',
      },
      ttl: false,
    },
  ];
};
