import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { IndexLayout, Key, TableLayout } from './layouts.ts';

export interface TableSettings {
  /** Keeps the tables from being deleted by anybody, and when the stack goes. Default true. */
  readonly keep?: boolean;
  /** Any second of the last 35 days can be brought back. Default true. */
  readonly pointInTimeRecovery?: boolean;
  /** A key of your own. Default: DynamoDB's own, with which every table is encrypted. */
  readonly encryptionKey?: IKey;
}

/** A table of this layout, billed by request. */
export const tableOf = (scope: Construct, layout: TableLayout, name: string | undefined, settings: TableSettings): Table => {
  const { keep = true, pointInTimeRecovery = true, encryptionKey } = settings;
  const table = new Table(scope, layout.id, {
    ...(name !== undefined && { tableName: name }),
    partitionKey: attribute(layout.partition),
    ...(layout.sort && { sortKey: attribute(layout.sort) }),
    billingMode: BillingMode.PAY_PER_REQUEST,
    ...(layout.ttl !== undefined && { timeToLiveAttribute: layout.ttl }),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
    deletionProtection: keep,
    removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...encryptionOf(encryptionKey),
  });
  if (layout.index) addIndex(table, layout.index);
  return table;
};

const attribute = ({ name, type }: Key): Attribute => ({ name, type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER });

const encryptionOf = (encryptionKey: IKey | undefined): Pick<TableProps, 'encryption' | 'encryptionKey'> =>
  encryptionKey ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey } : {};

const addIndex = (table: Table, { name, kind, partition, sort, projection }: IndexLayout): void => {
  const index = {
    indexName: name,
    sortKey: attribute(sort),
    ...(projection === 'ALL'
      ? { projectionType: ProjectionType.ALL }
      : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projection] }),
  };
  if (kind === 'local') table.addLocalSecondaryIndex(index);
  else table.addGlobalSecondaryIndex({ ...index, partitionKey: attribute(partition) });
};
