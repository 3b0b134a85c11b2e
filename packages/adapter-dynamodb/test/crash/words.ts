import type { Row } from '../../src/client/requests.ts';
import type { Answer } from './traffic.ts';

/** What is of interest in any request. */
export interface Input {
  readonly TableName?: string | undefined;
  readonly Item?: Row;
  readonly Key?: Row;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Row;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Row[] }>>;
  readonly TransactItems?: readonly { readonly Update?: Input; readonly Put?: Input }[];
}

/** The server names attributes and items in any order; a story that is told again should go the same way. */
export const plainOf = <T>(value: T, alsoLists: boolean): T => {
  if (Array.isArray(value)) {
    const list = value.map((each: unknown) => plainOf(each, alsoLists));
    return (alsoLists ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list) as T;
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, each]) => [name, plainOf(each as unknown, alsoLists)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) as T;
};

/** A request as a person reads it: its expressions with names and values in their places. */
export const textOf = (input: Input): string => {
  const { Key, Item, UpdateExpression, KeyConditionExpression, ConditionExpression, RequestItems, TransactItems } = input;
  if (TransactItems) return TransactItems.map(({ Update, Put }) => textOf(Update ?? Put ?? {})).join(' AND ');
  const keys = RequestItems ? Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys) : [Item ?? Key];
  const texts = [UpdateExpression, KeyConditionExpression].filter((each) => each !== undefined).map((each) => filled(input, each));
  const when = ConditionExpression === undefined ? [] : [`IF ${filled(input, ConditionExpression)}`];
  return [JSON.stringify(keys.map(values)), ...texts, ...when].join(' ').slice(0, 800);
};

export const textOfAnswer = (answer: Answer): string => {
  if (answer.kind === 'error') return answer.error instanceof Error ? answer.error.name : String(answer.error);
  const { Items, Item } = answer.value as { readonly Items?: readonly Row[]; readonly Item?: Row };
  if (Items) return `[${Items.map((row) => row['task_id']?.S).join(' ')}]`;
  return Item ? JSON.stringify(values(Item)).slice(0, 500) : 'done';
};

const filled = ({ ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Input, text: string): string => {
  const names = Object.entries(ExpressionAttributeNames);
  const own = Object.entries(ExpressionAttributeValues).map(([name, value]) => [name, Object.values(value).join()] as const);
  return [...own, ...names].reduceRight((sum, [from, to]) => sum.replaceAll(new RegExp(`${from}\\b`, 'g'), to), text);
};

const values = (row: Row | undefined): unknown =>
  Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Object.values(value)[0]]));
