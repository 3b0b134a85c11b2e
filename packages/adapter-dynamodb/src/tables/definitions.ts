/** What tables look like: the one place that both making and verifying them go by. */
import { type GreenfieldTables, TTL_FIELD } from '../config/greenfield-tables.ts';

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
  readonly index?: IndexDefinition;
  /** The attribute with the instant after which DynamoDB may drop a row. Absent: rows carry none. */
  readonly ttl?: string;
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
      ttl: TTL_FIELD,
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
      ttl: TTL_FIELD,
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
    },
  ];
};

/** The table of the native layout: two texts as its key, and no index. */
export const nativeTableDefinition = (name: string): TableDefinition => ({
  name,
  partition: { name: 'pk', type: 'S' },
  sort: { name: 'sk', type: 'S' },
  ttl: 'ttl',
});
