/** The few requests that the store makes, with a lost condition as an answer and every fault in our own words. */
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Chance, Clock } from '@reeve/core';
import { dynamoDbFault } from '../tables/dynamodb-fault.ts';
import { type Change, changeText, Expression } from './expression.ts';

export type Row = Readonly<Record<string, AttributeValue>>;

/** A conditional write either happened, or lost: then the item is as it is now, or is not there. */
export type Written = { readonly kind: 'done'; readonly row: Row } | { readonly kind: 'lost'; readonly row: Row | undefined };

/** Builds the text of a condition, or of a filter. */
export type Condition = (expression: Expression) => string;

/** One of several writes that are made together. */
export interface UpdatePart {
  readonly table: string;
  readonly key: Row;
  readonly change: Change;
  readonly when: Condition;
}

export interface PutPart {
  readonly table: string;
  readonly item: Row;
}

const itemOf = (part: UpdatePart | PutPart): TransactWriteItem => {
  if ('item' in part) return { Put: { TableName: part.table, Item: { ...part.item } } };
  const { table, key, change, when } = part;
  const expression = new Expression();
  const UpdateExpression = changeText(expression, change);
  return {
    Update: { TableName: table, Key: { ...key }, UpdateExpression, ConditionExpression: when(expression), ...expression.bindings() },
  };
};

export interface RangeQuery {
  readonly table: string;
  /** Absent: the table's own key. */
  readonly index?: string;
  /** Only of a table's own key, and default there. */
  readonly consistent?: boolean;
  readonly partition: readonly [name: string, value: string];
  /** Both ends belong to the range. Decimal texts where the key is a number, which is the default. */
  readonly sort: { readonly name: string; readonly from: string; readonly to: string; readonly type?: 'N' | 'S' };
  readonly limit: number;
  /** What it leaves out is read and paid for all the same, and need not travel. */
  readonly filter?: Condition;
  readonly start?: Row;
  readonly newestFirst?: boolean;
}

export interface QueryPage {
  readonly rows: readonly Row[];
  /** Where the next page starts. Absent: there is none. */
  readonly next?: Row;
}

/** What BatchGetItem takes at once. */
const BATCH = 100;
const FIRST_WAIT = 50;
const LONGEST_WAIT = 5_000;
/** Rounds of asking again for what DynamoDB left out. */
const ROUNDS = 10;

export class Requests {
  readonly #client: DynamoDBClient;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor(client: DynamoDBClient, clock: Clock, chance: Chance) {
    this.#client = client;
    this.#clock = clock;
    this.#chance = chance;
  }

  async put(table: string, item: Row, when?: Condition): Promise<Written> {
    const expression = new Expression();
    const condition = when?.(expression);
    return this.#write(`PutItem into ${table}`, item, () =>
      this.#client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...item },
          ...(condition !== undefined && { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          ...expression.bindings(),
        }),
      ),
    );
  }

  /** @returns of a write that happened, the item as it is after it */
  async update(table: string, key: Row, change: Change, when?: Condition): Promise<Written> {
    const expression = new Expression();
    const text = changeText(expression, change);
    const condition = when?.(expression);
    return this.#write(`UpdateItem in ${table}`, undefined, () =>
      this.#client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { ...key },
          ...(text !== undefined && { UpdateExpression: text }),
          ...(condition !== undefined && { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          ...expression.bindings(),
          ReturnValues: 'ALL_NEW',
        }),
      ),
    );
  }

  /** Two or more items in one, or none of them. @returns false if a condition did not hold, or another was at one of them */
  async updateTogether(table: string, parts: readonly Omit<UpdatePart, 'table'>[]): Promise<boolean> {
    return this.writeTogether(parts.map((each) => ({ table, ...each })));
  }

  /** As `updateTogether`, of any tables, and with items that are put whole. */
  async writeTogether(parts: readonly (UpdatePart | PutPart)[]): Promise<boolean> {
    const TransactItems = parts.map(itemOf);
    return this.#ask(`TransactWriteItems in ${[...new Set(parts.map(({ table }) => table))].join(' and ')}`, async () => {
      try {
        await this.#client.send(new TransactWriteItemsCommand({ TransactItems }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const refused = error.CancellationReasons?.find(({ Code }) => Code === 'ValidationError');
        if (refused) throw Object.assign(error, { message: `${error.message}: ${refused.Message}` }); // an item of more than 400 KB
        return false;
      }
    });
  }

  /** Also of an item that is not there, unless the condition says otherwise. */
  async delete(table: string, key: Row, when?: Condition): Promise<Written> {
    const expression = new Expression();
    const condition = when?.(expression);
    return this.#write(`DeleteItem from ${table}`, undefined, () =>
      this.#client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: { ...key },
          ...(condition !== undefined && { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          ...expression.bindings(),
        }),
      ),
    );
  }

  /** Strongly consistent, unless told otherwise. */
  async get(table: string, key: Row, consistent: boolean = true): Promise<Row | undefined> {
    return this.#ask(`GetItem from ${table}`, async () => {
      const { Item } = await this.#client.send(new GetItemCommand({ TableName: table, Key: { ...key }, ConsistentRead: consistent }));
      return Item;
    });
  }

  /** Those of the items that are there, in no order. What DynamoDB leaves out under load is asked for again, after a wait with jitter. */
  async batchGet(table: string, keys: readonly Row[], consistent: boolean = true): Promise<readonly Row[]> {
    const pages: Promise<readonly Row[]>[] = [];
    for (let from = 0; from < keys.length; from += BATCH) pages.push(this.#batchPage(table, keys.slice(from, from + BATCH), consistent));
    return (await Promise.all(pages)).flat();
  }

  async query(query: RangeQuery): Promise<QueryPage> {
    const { table, index, consistent = index === undefined, partition, sort, limit, filter, start, newestFirst = false } = query;
    const expression = new Expression();
    const end = (text: string): string => expression.value(sort.type === 'S' ? { S: text } : { N: text });
    const key = `${expression.name(partition[0])} = ${expression.value({ S: partition[1] })} AND ${expression.name(sort.name)} BETWEEN ${end(sort.from)} AND ${end(sort.to)}`;
    const kept = filter?.(expression);
    return this.#ask(`Query of ${table}${index === undefined ? '' : `, index ${index}`}`, async () => {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: table,
          ...(index !== undefined && { IndexName: index }),
          ...(consistent && { ConsistentRead: true }),
          KeyConditionExpression: key,
          Limit: limit,
          ScanIndexForward: !newestFirst,
          ...(kept !== undefined && { FilterExpression: kept }),
          ...(start && { ExclusiveStartKey: { ...start } }),
          ...expression.bindings(),
        }),
      );
      return { rows: Items, ...(LastEvaluatedKey && { next: LastEvaluatedKey }) };
    });
  }

  async #batchPage(table: string, keys: readonly Row[], ConsistentRead: boolean): Promise<readonly Row[]> {
    const found: Row[] = [];
    let left: readonly Row[] = keys;
    for (let round = 0; ; round += 1) {
      const Keys = left.map((key) => ({ ...key }));
      const answer = await this.#ask(`BatchGetItem from ${table}`, () =>
        this.#client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead } } })),
      );
      found.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length === 0) return found;
      if (round === ROUNDS) {
        const error = new Error(`${left.length} of ${keys.length} keys were left out ${ROUNDS} times`);
        error.name = 'ProvisionedThroughputExceededException';
        throw dynamoDbFault(error, `BatchGetItem from ${table}`);
      }
      await this.#clock.sleep(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** round) * (0.5 + this.#chance.random() / 2));
    }
  }

  async #write(where: string, row: Row | undefined, send: () => Promise<{ Attributes?: Row | undefined }>): Promise<Written> {
    try {
      const { Attributes } = await send();
      return { kind: 'done', row: row ?? Attributes ?? {} };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { kind: 'lost', row: error.Item };
      throw dynamoDbFault(error, where);
    }
  }

  async #ask<T>(where: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw dynamoDbFault(error, where);
    }
  }
}
