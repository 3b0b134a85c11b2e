import { Stack } from 'aws-cdk-lib';
import { type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { NATIVE, SOSW, SOSW_WORDS, type TableLayout } from './layouts.ts';
import { type TableSettings, tableOf } from './table.ts';

export interface SoswTableNames {
  readonly tasks?: string;
  readonly closed?: string;
  readonly retry?: string;
}

/** One table of Reeve's own, which costs less than half; or the three of sosw, beside it or after it. */
export type TablesProps = TableSettings &
  (
    | {
        /** Default. */
        readonly layout?: 'native';
        /** Default: a name that CloudFormation makes. */
        readonly name?: string;
        /** The table is there already, under this name: nothing is made. Default false. */
        readonly existing?: boolean;
      }
    | {
        readonly layout: 'sosw';
        /** Default: names that CloudFormation makes; of existing tables those of sosw's documentation. */
        readonly names?: SoswTableNames;
        /** sosw's tables are there already: nothing is made. Default false. */
        readonly existing?: boolean;
      }
  );

/** A table that functions reach, and the name of its index if it has one. */
export interface Reachable {
  readonly table: Table | ITable;
  readonly index: string | undefined;
  readonly layout: TableLayout;
}

/** What `dynamodbStore` is told. */
export type StoreConfiguration =
  | { readonly layout: 'native'; readonly nativeTable: string }
  | { readonly layout: 'greenfield'; readonly tables: Required<SoswTableNames> & typeof SOSW_WORDS };

export class Tables extends Construct {
  readonly all: readonly Reachable[];
  readonly configuration: StoreConfiguration;
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    if (props.layout === 'sosw') {
      const { tasks, closed, retry } = props.names ?? {};
      const made = {
        tasks: this.#reach(SOSW.tasks, tasks, props),
        closed: this.#reach(SOSW.closed, closed, props),
        retry: this.#reach(SOSW.retry, retry, props),
      };
      this.all = [made.tasks, made.closed, made.retry];
      const names = { tasks: made.tasks.table.tableName, closed: made.closed.table.tableName, retry: made.retry.table.tableName };
      this.configuration = { layout: 'greenfield', tables: { ...names, ...SOSW_WORDS } };
    } else {
      const made = this.#reach(NATIVE, props.name, props);
      this.all = [made];
      this.configuration = { layout: 'native', nativeTable: made.table.tableName };
    }
  }

  #reach(layout: TableLayout, name: string | undefined, props: TablesProps): Reachable {
    const table = props.existing === true ? this.#existing(layout.id, name ?? layout.usualName) : tableOf(this, layout, name, props);
    return { table, index: layout.index?.name, layout };
  }

  // By its ARN, of which the parts are known: nothing is looked up while the stack is synthesized.
  #existing(id: string, resourceName: string): ITable {
    return Table.fromTableArn(this, id, Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName }));
  }
}
