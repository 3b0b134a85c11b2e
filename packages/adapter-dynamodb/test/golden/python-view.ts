/** What a running sosw sees in its tables: the queries that its Orchestrator, Scavenger and ecology make, asked of the same indexes. */
import { DeleteItemCommand, type DynamoDBClient, paginateQuery, paginateScan, PutItemCommand, type QueryCommandInput, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { GreenfieldTables } from '../../src/config/greenfield-tables.ts';
import type { Row, Stage } from './recorded.ts';

/** Its `duration` and `cooldown` by default, in seconds. */
const LEASE = 1_200;

export class PythonView {
  readonly #client: DynamoDBClient;
  readonly tables: GreenfieldTables;

  constructor(client: DynamoDBClient, tables: GreenfieldTables) {
    this.#client = client;
    this.tables = tables;
  }

  /** Puts the rows of a recording where sosw left them. */
  async restore({ tables }: Stage): Promise<void> {
    const places = { sosw_tasks: this.tables.tasks, sosw_closed_tasks: this.tables.closed, sosw_retry_tasks: this.tables.retry };
    for (const [table, name] of Object.entries(places)) {
      for (const Item of tables[table as keyof typeof places]) await this.#client.send(new PutItemCommand({ TableName: name, Item }));
    }
  }

  /** What its Orchestrator would invoke next, in its order. */
  queued(labourer: string, now: number): Promise<readonly Row[]> {
    return this.#query({
      TableName: this.tables.tasks,
      IndexName: this.tables.greenfieldIndex,
      KeyConditionExpression: 'labourer_id = :l AND greenfield < :start',
      ExpressionAttributeValues: { ':l': { S: labourer }, ':start': { N: String(now) } },
    });
  }

  /** What it counts against the cap. */
  async running(labourer: string, now: number): Promise<readonly Row[]> {
    const { invocationDelta } = this.tables;
    const rows = await this.#between(labourer, now + invocationDelta - LEASE, now + invocationDelta);
    return rows.filter((row) => !row['completed_at']);
  }

  /** What its Scavenger would move to the retry table. */
  async expired(labourer: string, now: number): Promise<readonly Row[]> {
    const rows = await this.#between(labourer, now, now + this.tables.invocationDelta - LEASE);
    return rows.filter((row) => !row['completed_at']);
  }

  /** Closed tasks by labourer and status (1 completed, 0 dead), as its ecology asks for them. */
  async closed(labourer: string, status: 0 | 1): Promise<readonly Row[]> {
    const rows = await this.#query({
      TableName: this.tables.closed,
      IndexName: this.tables.closedIndex,
      KeyConditionExpression: 'labourer_id_task_status = :status',
      ExpressionAttributeValues: { ':status': { S: `${labourer}_${status}` } },
    });
    const all = await this.rows(this.tables.closed);
    return rows.map((row) => all.find((each) => each['task_id']?.S === row['task_id']?.S) ?? row);
  }

  /** What its WorkerAssistant does when a worker reports: it knows no token, and asks no question. */
  assist(id: string, now: number): Promise<void> {
    return this.mark(id, { completed_at: { N: String(now) } });
  }

  /** What its Scavenger does with a task that is to be tried again. */
  async putOff(id: string, until: number): Promise<void> {
    const row = (await this.rows(this.tables.tasks)).find((each) => each['task_id']?.S === id) ?? {};
    const Item = { ...row, desired_launch_time: { N: String(until) } };
    await this.#client.send(new PutItemCommand({ TableName: this.tables.retry, Item }));
    await this.#client.send(new DeleteItemCommand({ TableName: this.tables.tasks, Key: { task_id: { S: id } } }));
  }

  /** Sets attributes of a task's row, whatever there is. */
  async mark(id: string, attributes: Row): Promise<void> {
    const entries = Object.entries(attributes);
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.tables.tasks,
        Key: { task_id: { S: id } },
        UpdateExpression: `SET ${entries.map((_, at) => `#n${at} = :v${at}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name], at) => [`#n${at}`, name])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], at) => [`:v${at}`, value])),
      }),
    );
  }

  async rows(table: string): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for await (const { Items = [] } of paginateScan({ client: this.#client }, { TableName: table, ConsistentRead: true })) rows.push(...Items);
    return rows;
  }

  #between(labourer: string, from: number, to: number): Promise<readonly Row[]> {
    return this.#query({
      TableName: this.tables.tasks,
      IndexName: this.tables.greenfieldIndex,
      KeyConditionExpression: 'labourer_id = :l AND greenfield BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':l': { S: labourer }, ':from': { N: String(from) }, ':to': { N: String(to) } },
    });
  }

  async #query(input: QueryCommandInput): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for await (const { Items = [] } of paginateQuery({ client: this.#client }, input)) rows.push(...Items);
    return rows;
  }
}

/** An attribute as Python compares it: numbers by value, members in the order of their names. */
export const normal = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, each]) => [key, key === 'N' ? String(Number(each)) : normal(each)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** The attributes of sosw's in a row; ours begin with `reeve_`, which it does not look at. */
export const soswOnly = (row: Row, ...but: readonly string[]): unknown =>
  normal(Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('reeve_') && !but.includes(name))));
