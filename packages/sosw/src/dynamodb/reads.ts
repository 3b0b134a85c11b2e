import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';

export type Row = Readonly<Record<string, AttributeValue>>;

export interface Page {
  readonly rows: readonly Row[];
  /** There are more rows behind these. */
  readonly more: boolean;
}

/** The only way to the tables: each request is bounded by a Limit, reads only, and is counted. */
export class Reads {
  readonly #client: DynamoDBClient;
  #requests = 0;
  #units = 0;

  constructor(client: DynamoDBClient) {
    this.#client = client;
  }

  get requests(): number {
    return this.#requests;
  }

  get readUnits(): number {
    return this.#units;
  }

  /** Requests of another kind, which DynamoDB does not charge for. */
  count(requests: number): void {
    this.#requests += requests;
  }

  async query(input: QueryCommandInput & { readonly Limit: number }): Promise<Page> {
    this.#requests += 1;
    const answer = await this.#client.send(new QueryCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
    this.#units += answer.ConsumedCapacity?.CapacityUnits ?? 0;
    const rows = answer.Items ?? [];
    // A page that is full names a next one, whether there is any row in it or not.
    return { rows, more: answer.LastEvaluatedKey !== undefined };
  }

  /** The first rows of a table in the order of its hash, which is as good as a draw where ids are random. */
  async scan(table: string, limit: number): Promise<Page> {
    this.#requests += 1;
    const answer = await this.#client.send(new ScanCommand({ TableName: table, Limit: limit, ReturnConsumedCapacity: 'TOTAL' }));
    this.#units += answer.ConsumedCapacity?.CapacityUnits ?? 0;
    return { rows: answer.Items ?? [], more: answer.LastEvaluatedKey !== undefined };
  }

  /** Up to 100 keys. What DynamoDB leaves out for want of capacity is left out here as well: it is a sample. */
  async batchGet(table: string, keys: readonly Row[]): Promise<readonly Row[]> {
    if (keys.length === 0) return [];
    this.#requests += 1;
    const answer = await this.#client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys.map((each) => ({ ...each })) } }, ReturnConsumedCapacity: 'TOTAL' }),
    );
    this.#units += (answer.ConsumedCapacity ?? []).reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
    return answer.Responses?.[table] ?? [];
  }
}
