import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '@reeve/core';
import type { Row } from '../../src/client/requests.ts';
import { grainsOf } from '../../src/codec/greenfield.ts';
import type { GreenfieldTables } from '../../src/config/greenfield-tables.ts';

interface Version {
  readonly at: EpochMs;
  readonly row: Row | undefined;
}

/** What the tables hold, put together from the answers to all writes; and the table of tasks as it was, for indexes that are late. */
export class Mirror {
  readonly tasks: Map<string, Row> = new Map();
  readonly closed: Map<string, Row> = new Map();
  readonly retry: Map<string, Row> = new Map();
  readonly #tables: GreenfieldTables;
  readonly #versions = new Map<string, Version[]>();

  constructor(tables: GreenfieldTables) {
    this.#tables = tables;
  }

  /** @param after the item as it is after the write; undefined: it is gone */
  note(name: string | undefined, id: string, after: Row | undefined, at: EpochMs): void {
    const table = this.#tableOf(name);
    if (after) table.set(id, after);
    else table.delete(id);
    if (table === this.tasks) this.#versions.set(id, [...(this.#versions.get(id) ?? []), { at, row: after }]);
  }

  isTasks(table: string | undefined): boolean {
    return table === this.#tables.tasks;
  }

  /** The items of a labourer's ledger. */
  groups(labourer: string): readonly Row[] {
    const own = [...this.tasks].filter(([id]) => id.startsWith(`reeve:places:${labourer}:`));
    return own.sort(([a], [b]) => Number(a.split(':').at(-1)) - Number(b.split(':').at(-1))).map(([, row]) => row);
  }

  /** Each row by itself as it was at some instant since `oldest(now)`. */
  index(input: QueryCommandInput, seenAt: () => EpochMs): QueryCommandOutput {
    const { ExpressionAttributeValues: values = {} } = input;
    const [, labourer = '', from = '', to = ''] =
      /= (:\d+) AND #\d+ BETWEEN (:\d+) AND (:\d+)$/.exec(input.KeyConditionExpression ?? '') ?? [];
    const [low, high] = [grainsOf(values[from]?.N ?? ''), grainsOf(values[to]?.N ?? '')];
    const within = [...this.#versions.values()]
      .map((versions) => asOf(versions, seenAt()))
      .filter((row) => row !== undefined && row['labourer_id']?.S === values[labourer]?.S && row['greenfield']?.N !== undefined)
      .map((row) => ({ row: row as Row, place: placeOf(row as Row) }))
      .filter(({ place }) => place >= low && place <= high)
      .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : idOf(a.row) < idOf(b.row) ? -1 : 1));
    const start = input.ExclusiveStartKey;
    const after = start
      ? within.filter(({ row, place }) => place > placeOf(start) || (place === placeOf(start) && idOf(row) > idOf(start)))
      : within;
    const limit = input.Limit ?? 1_000;
    const read = after.slice(0, limit).map(({ row }) => row);
    const last = after.length >= limit ? read.at(-1) : undefined;
    return {
      $metadata: {},
      Items: read,
      ...(last && { LastEvaluatedKey: { task_id: last['task_id']!, labourer_id: last['labourer_id']!, greenfield: last['greenfield']! } }),
    };
  }

  #tableOf(name: string | undefined): Map<string, Row> {
    if (name === this.#tables.tasks) return this.tasks;
    return name === this.#tables.closed ? this.closed : this.retry;
  }
}

const idOf = (row: Row): string => row['task_id']?.S ?? '';
const placeOf = (row: Row): bigint => grainsOf(row['greenfield']?.N ?? '');
const asOf = (versions: readonly Version[], at: EpochMs): Row | undefined => versions.findLast((each) => each.at <= at)?.row;
