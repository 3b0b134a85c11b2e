import type { JsonText } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import {
  AGAIN_FROM,
  againAt,
  DELAYED_FROM,
  delayedAt,
  digitsOf,
  type Grains,
  grainsOf,
  instant,
  LAST,
  QUEUE_FROM,
  queuedAt,
  secondsOf,
  turnOf,
} from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { dueOf, readRow } from '../rows/read-row.ts';
import { rangeOf } from '../verbs/candidates.ts';
import type { Parts } from '../verbs/parts.ts';
import type { Moving, Page, Side } from './side.ts';

/** Held tasks stand so far behind all others that neither a sosw nor Reeve looks there, and the index shows them. */
const HELD_SHIFT: Grains = 10n * LAST;
const HELD_FROM: Grains = HELD_SHIFT - LAST;
const HELD_TO: Grains = HELD_SHIFT + LAST;
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
      [AGAIN_FROM, DELAYED_FROM - 1n],
      [QUEUE_FROM, AGAIN_FROM - 1n],
      [DELAYED_FROM, LAST],
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

  async bringIn({ task, createdAt, attempts, isAgain, lastError }: Moving): Promise<'in' | 'other'> {
    const { requests, layout, clock, order, call, hints } = this.#parts;
    const { fields, tables } = layout;
    const place = instant(task.due) + turnOf(createdAt, order());
    const greenfield = isAgain ? againAt(place) : task.due > clock.now() ? delayedAt(place) : queuedAt(place);
    const row: Row = {
      [fields.task_id]: { S: task.id },
      [fields.labourer_id]: { S: task.labourer },
      [fields.created_at]: { N: secondsOf(createdAt) },
      [fields.greenfield]: { N: digitsOf(greenfield) },
      [fields.attempts]: { N: String(attempts) },
      [fields.payload]: { S: task.payload },
      [OURS.call]: { S: call() },
      ...(lastError !== undefined && { [OURS.error]: { S: lastError } }),
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
    const error = row[OURS.error]?.S;
    const task = { id, labourer, payload: payload satisfies JsonText, due: dueOf(row, digitsOf(place), createdAt) };
    const isAgain = place >= AGAIN_FROM && place < DELAYED_FROM;
    return [{ task, createdAt, attempts, isAgain, place, ...(error !== undefined && { lastError: error }) }];
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
