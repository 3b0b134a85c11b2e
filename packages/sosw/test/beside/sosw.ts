/**
 * A sosw as it writes: its Orchestrator, Scavenger and assistant by the arithmetic of its greenfields, with the conditions that it has and
 * those that it lacks. `sosw.test.ts` holds it against rows that the real one wrote.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { GreenfieldTables } from '@reeve/adapter-dynamodb';
import type { Clock } from '@reeve/core';
import type { Row } from '../../src/dynamodb/reads.ts';

/** `duration` and `cooldown`, in seconds. */
const LEASE = 1_200;
const STEP = 1_000;
const MAX_ATTEMPTS = 3;
/** `retry_tasks_limit`. */
const RETRIES = 20;

export interface SoswParts {
  readonly client: DynamoDBClient;
  readonly tables: GreenfieldTables;
  readonly clock: Clock;
  /** By labourer. */
  readonly caps: Readonly<Record<string, number>>;
  /** The timeout of its functions, in seconds. */
  readonly timeout: number;
  /** Lambda's Invoke. */
  readonly invoke: (labourer: string, id: string) => void;
}

const text = (row: Row, name: string): string => row[name]?.S ?? '';
const number = (row: Row, name: string): number => Number(row[name]?.N ?? 0);

export class Sosw {
  readonly #parts: SoswParts;

  constructor(parts: SoswParts) {
    this.#parts = parts;
  }

  get #now(): number {
    return this.#parts.clock.now() / 1_000;
  }

  get #delta(): number {
    return this.#parts.tables.invocationDelta;
  }

  /** At the end of the queue as it sees it: behind the newest that is not ahead of the present. */
  async create(labourer: string, id: string): Promise<void> {
    const [newest] = await this.#tasks(labourer, '<=', [this.#now], { ScanIndexForward: false, Limit: 1 });
    const greenfield = (newest ? Math.trunc(number(newest, 'greenfield')) : STEP) + STEP;
    await this.#put(this.#parts.tables.tasks, {
      task_id: { S: id },
      labourer_id: { S: labourer },
      created_at: { N: String(this.#now) },
      greenfield: { N: String(greenfield) },
      attempts: { N: '0' },
      payload: { S: `{"id": "${id}"}` },
    });
  }

  /** One round of its Orchestrator: counts, takes the first that are due, marks each on condition that it is not marked, and invokes it. */
  async orchestrate(): Promise<void> {
    const { caps, invoke, tables, client } = this.#parts;
    for (const [labourer, cap] of Object.entries(caps)) {
      const start = Math.trunc(this.#now);
      const free = cap - (await this.running(labourer)).length;
      const due = free > 0 ? await this.#tasks(labourer, '<', [start], { Limit: free }) : [];
      for (const row of due.filter((each) => each['completed_at'] === undefined)) {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: tables.tasks,
              Key: { task_id: { S: text(row, 'task_id') } },
              UpdateExpression: 'SET greenfield = :to ADD attempts :one',
              ConditionExpression: 'greenfield < :start',
              ExpressionAttributeValues: {
                ':to': { N: String(Math.trunc(this.#now) + this.#delta) },
                ':one': { N: '1' },
                ':start': { N: String(start) },
              },
            }),
          );
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) continue; // another Orchestrator was first
          throw error;
        }
        invoke(labourer, text(row, 'task_id'));
      }
    }
  }

  /** What it counts against the cap. */
  async running(labourer: string): Promise<readonly Row[]> {
    const until = Math.trunc(this.#now) + this.#delta;
    const rows = await this.#tasks(labourer, 'BETWEEN', [until - LEASE, until]);
    return rows.filter((row) => row['completed_at'] === undefined);
  }

  /** One round of its Scavenger. None of its moves looks at whether the row has changed since it was read. */
  async scavenge(): Promise<void> {
    for (const labourer of Object.keys(this.#parts.caps)) {
      for (const row of await this.#tasks(labourer, '>=', [this.#now])) if (row['completed_at']) await this.archive(row);
      for (const row of await this.expired(labourer)) await (number(row, 'attempts') < MAX_ATTEMPTS ? this.putOff(row) : this.archive(row));
      await this.requeue(labourer, await this.dueRetries(labourer));
    }
  }

  async expired(labourer: string): Promise<readonly Row[]> {
    const start = Math.trunc(this.#now);
    const rows = await this.#tasks(labourer, 'BETWEEN', [start, start + this.#delta - LEASE]);
    return rows.filter((row) => row['completed_at'] === undefined);
  }

  async putOff(row: Row): Promise<void> {
    const { tables, timeout } = this.#parts;
    const launch = Math.trunc(this.#now) + timeout * number(row, 'attempts');
    await this.#put(tables.retry, { ...row, desired_launch_time: { N: String(launch) } });
    await this.#delete(tables.tasks, { task_id: { S: text(row, 'task_id') } });
  }

  async archive(row: Row): Promise<void> {
    const { tables } = this.#parts;
    const status = `${text(row, 'labourer_id')}_${row['completed_at'] ? 1 : 0}`;
    await this.#put(tables.closed, { ...row, labourer_id_task_status: { S: status }, closed_at: { N: String(Math.trunc(this.#now)) } });
    await this.#delete(tables.tasks, { task_id: { S: text(row, 'task_id') } });
  }

  /** What its assistant does when a worker reports. */
  async assist(id: string): Promise<void> {
    const { client, tables } = this.#parts;
    await client.send(
      new UpdateItemCommand({
        TableName: tables.tasks,
        Key: { task_id: { S: id } },
        UpdateExpression: 'SET completed_at = :now',
        ExpressionAttributeValues: { ':now': { N: String(Math.trunc(this.#now)) } },
      }),
    );
  }

  dueRetries(labourer: string): Promise<readonly Row[]> {
    const { tables } = this.#parts;
    return this.#query({
      TableName: tables.retry,
      IndexName: tables.retryIndex,
      KeyConditionExpression: 'labourer_id = :l AND desired_launch_time <= :now',
      ExpressionAttributeValues: { ':l': { S: labourer }, ':now': { N: String(Math.trunc(this.#now)) } },
      Limit: RETRIES,
    });
  }

  async requeue(labourer: string, due: readonly Row[]): Promise<void> {
    const { client, tables } = this.#parts;
    const [oldest] = await this.#tasks(labourer, '<=', [this.#now], { Limit: 1 });
    let place = oldest ? Math.trunc(number(oldest, 'greenfield')) : STEP;
    for (const { desired_launch_time: _, ...row } of due) {
      place -= 1;
      const key = { labourer_id: { S: labourer }, task_id: { S: text(row, 'task_id') } };
      const Item = { ...row, greenfield: { N: String(place) } };
      await client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: tables.tasks, Item } }, { Delete: { TableName: tables.retry, Key: key } }],
        }),
      );
    }
  }

  #tasks(
    labourer: string,
    how: '<' | '<=' | '>=' | 'BETWEEN',
    bounds: readonly number[],
    more: Partial<QueryCommandInput> = {},
  ): Promise<readonly Row[]> {
    const { tables } = this.#parts;
    return this.#query({
      TableName: tables.tasks,
      IndexName: tables.greenfieldIndex,
      KeyConditionExpression: `labourer_id = :l AND greenfield ${how === 'BETWEEN' ? 'BETWEEN :0 AND :1' : `${how} :0`}`,
      ExpressionAttributeValues: { ':l': { S: labourer }, ...Object.fromEntries(bounds.map((each, n) => [`:${n}`, { N: String(each) }])) },
      ...more,
    });
  }

  async #query(input: QueryCommandInput): Promise<readonly Row[]> {
    return (await this.#parts.client.send(new QueryCommand(input))).Items ?? [];
  }

  async #put(TableName: string, row: Row): Promise<void> {
    await this.#parts.client.send(new PutItemCommand({ TableName, Item: { ...row } }));
  }

  async #delete(TableName: string, key: Row): Promise<void> {
    await this.#parts.client.send(new DeleteItemCommand({ TableName, Key: { ...key } }));
  }
}
