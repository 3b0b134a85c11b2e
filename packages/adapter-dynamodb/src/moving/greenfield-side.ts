import type { JsonText } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import {
  AGAIN_FROM,
  backAt,
  DELAYED_FROM,
  digitsOf,
  ENDS_FROM,
  freshAt,
  type Grains,
  grainsOf,
  instant,
  LAST,
  QUEUE_FROM,
  secondsOf,
  turnOf,
  URGENT_FROM,
} from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { errorItem, errorsOf, lastErrorOf } from '../rows/errors.ts';
import { dueOf, expiryOf, priorityOf, readRow } from '../rows/read-row.ts';
import { wasTried } from '../verbs/candidates.ts';
import { wishesOf } from '../verbs/enqueue.ts';
import { rangeOf } from '../verbs/look.ts';
import type { Parts } from '../verbs/parts.ts';
import type { Moving, Page, Side } from './side.ts';

/** Held tasks stand so far behind all others that neither a sosw nor Reeve looks there, and the index shows them. */
const HELD_SHIFT: Grains = 10n * LAST;
const HELD_FROM: Grains = HELD_SHIFT - LAST;
const HELD_TO: Grains = HELD_SHIFT + ENDS_FROM;
const PAGE = 500;

interface MovingRow extends Moving {
  readonly place: Grains;
}

/** sosw's tables, as a queue that is moved away or to. */
export class GreenfieldSide implements Side<MovingRow> {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async take(labourer: string, passOver: ReadonlySet<string>): Promise<Page<MovingRow>> {
    const held = await this.#rows(labourer, HELD_FROM, HELD_TO);
    if (held.length > 0) return { tasks: held.flatMap((row) => this.#moving(row, this.#placeOf(row) - HELD_SHIFT)), seen: held.length };
    const stretches = [
      [URGENT_FROM, QUEUE_FROM - 1n],
      [AGAIN_FROM, DELAYED_FROM - 1n],
      [QUEUE_FROM, AGAIN_FROM - 1n],
      [DELAYED_FROM, ENDS_FROM - 1n], // the urgent that wait stand behind the delayed
    ] as const;
    for (const [from, to] of stretches) {
      const rows = (await this.#rows(labourer, from, to)).filter((row) => !passOver.has(this.#parts.layout.idOf(row)));
      if (rows.length === 0) continue;
      const tasks = await inLanes(rows, (row) => this.#hold(row));
      return { tasks: tasks.flat(), seen: rows.length };
    }
    return { tasks: [], seen: 0 };
  }

  async meet(): Promise<void> {}

  async bringIn({ task, createdAt, attempts, isAgain, lastError, errors = [] }: Moving): Promise<'in' | 'other'> {
    const { requests, layout, clock, order, call, hints, marks } = this.#parts;
    const { fields, tables } = layout;
    const { priority = 0, expiresAt, follow, key } = task;
    if (priority > 0) await marks.make(task.labourer, 'urgent');
    if (follow !== undefined) await marks.make(task.labourer, 'follow');
    if (key !== undefined) await marks.make(task.labourer, 'keyed');
    const place = instant(task.due) + turnOf(createdAt, order());
    const isLater = task.due > clock.now();
    // A retry of priority 0 waits where it will stand; an urgent one waits with all that are urgent, by its verdict.
    const greenfield = isAgain && !(priority > 0 && isLater) ? backAt(place, priority) : freshAt(place, priority, isLater);
    const row: Row = {
      [fields.task_id]: { S: task.id },
      [fields.labourer_id]: { S: task.labourer },
      [fields.created_at]: { N: secondsOf(createdAt) },
      [fields.greenfield]: { N: digitsOf(greenfield) },
      [fields.attempts]: { N: String(attempts) },
      [fields.payload]: { S: task.payload },
      [OURS.call]: { S: call() },
      ...wishesOf({ priority, expiresAt, follow, key }),
      ...(isAgain && priority > 0 && { [OURS.verdict]: { S: 'retry' } }),
      ...(errors.length > 0 && { [OURS.errors]: { L: errors.map(({ error, at, attempt }) => errorItem(error, at, attempt)) } }),
      ...(errors.length === 0 && lastError !== undefined && { [OURS.error]: { S: lastError } }),
    };
    const { row: found = row } = await requests.put(tables.tasks, row, (e) => `attribute_not_exists(${e.name(fields.task_id)})`);
    await hints.touch(task.labourer);
    return layout.labourerOf(found) === task.labourer && found[fields.payload]?.S === task.payload ? 'in' : 'other';
  }

  async drop({ task }: MovingRow): Promise<void> {
    const { requests, layout } = this.#parts;
    await requests.delete(layout.tables.tasks, layout.taskKey(task.id));
  }

  async release({ task, place }: MovingRow): Promise<void> {
    const { requests, layout } = this.#parts;
    const set = { [layout.fields.greenfield]: { N: digitsOf(place) } };
    await requests.update(
      layout.tables.tasks,
      layout.taskKey(task.id),
      { set },
      (e) => `attribute_exists(${e.name(layout.fields.task_id)})`,
    );
  }

  async #rows(labourer: string, from: Grains, to: Grains): Promise<readonly Row[]> {
    const { requests, layout } = this.#parts;
    const rows: Row[] = [];
    let start: Row | undefined;
    do {
      const page = await requests.query({ ...rangeOf(layout, labourer, from, to), limit: PAGE, ...(start && { start }) });
      rows.push(...page.rows.filter((row) => row[OURS.until] === undefined && row[layout.fields.completed_at] === undefined));
      start = page.next;
    } while (start && rows.length < PAGE);
    return rows;
  }

  #placeOf(row: Row): Grains {
    return grainsOf(this.#parts.layout.greenfieldOf(row) ?? '0');
  }

  /** What cannot be run stays where it is, and is set aside there. */
  #moving(row: Row, place: Grains): readonly MovingRow[] {
    const { layout } = this.#parts;
    const reading = readRow(row, layout);
    if ('problem' in reading) return [];
    const { id, labourer, payload, attempts, createdAt } = reading.facts;
    const lastError = lastErrorOf(row);
    const priority = priorityOf(row);
    const expiresAt = expiryOf(row);
    const follow = row[OURS.follow]?.S as JsonText | undefined;
    const key = row[OURS.key]?.S;
    const task = {
      id,
      labourer,
      payload: payload satisfies JsonText,
      due: dueOf(row, digitsOf(place), createdAt),
      ...(priority > 0 && { priority }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(follow !== undefined && { follow }),
      ...(key !== undefined && { key }),
    };
    const isAgain = priority > 0 ? wasTried(row) : place >= AGAIN_FROM && place < DELAYED_FROM;
    const errors = errorsOf(row, attempts);
    return [{ task, createdAt, attempts, isAgain, place, errors, ...(lastError !== undefined && { lastError }) }];
  }

  async #hold(row: Row): Promise<readonly MovingRow[]> {
    const { requests, layout } = this.#parts;
    const { fields, tables } = layout;
    const place = this.#placeOf(row);
    if (this.#moving(row, place).length === 0) return [];
    const set = { [fields.greenfield]: { N: digitsOf(place + HELD_SHIFT) } };
    const written = await requests.update(tables.tasks, layout.taskKey(layout.idOf(row)), { set }, (e) =>
      [
        `${e.name(fields.greenfield)} = ${e.value({ N: layout.greenfieldOf(row) ?? '0' })}`,
        `attribute_not_exists(${e.name(OURS.until)})`,
        `attribute_not_exists(${e.name(fields.completed_at)})`,
      ].join(' AND '),
    );
    return written.kind === 'done' ? this.#moving(written.row, place) : [];
  }
}
