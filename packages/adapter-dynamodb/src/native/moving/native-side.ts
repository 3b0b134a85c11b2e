import type { JsonText } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import type { Moving, Page, Side } from '../../moving/side.ts';
import { errorsOf, gathered } from '../codec/errors.ts';
import { type Home, homeOf, homeText, isHomeInId } from '../codec/home-key.ts';
import { dueOf, HOME, idOf, readHome, stateOf } from '../codec/home-row.ts';
import { planOf, settleIn } from '../enqueue/enqueue.ts';
import { homeInGuard } from '../enqueue/guard.ts';
import { point, pointerOf, unpoint } from '../enqueue/put-home.ts';
import { addressKey, homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { find } from '../reading/find.ts';
import { queuedHomes } from '../reading/queued.ts';
import { keyed, keyRange, sortKeyOf } from '../shelf.ts';

const PAGE = 500;
/** Before every home, and after. */
const ALL = ['0', '~'] as const;

interface MovingHome extends Moving {
  readonly home: Home;
  /** As it was before it was held. Absent: it was dropped already, all but the last traces. */
  readonly row?: Row;
}

/** The native table, as a queue that is moved away or to. Homes that are held are listed in a partition of the labourer's. */
export class NativeSide implements Side<MovingHome> {
  readonly #parts: NativeParts;

  constructor(parts: NativeParts) {
    this.#parts = parts;
  }

  async take(labourer: string, passOver: ReadonlySet<string>): Promise<Page<MovingHome>> {
    const { requests, shelf } = this.#parts;
    const { rows } = await requests.query({ ...keyRange(shelf.table, heldPartition(labourer), ...ALL), limit: PAGE });
    const held = await inLanes(rows, (item) => this.#heldBefore(labourer, item));
    if (rows.length > 0) return { tasks: held.flat(), seen: rows.length };
    const queued = await queuedHomes(this.#parts, labourer, PAGE);
    const wanted = queued.filter(({ home, row }) => !passOver.has(idOf(row, home)));
    const tasks = await inLanes(wanted, ({ home, row }) => this.#hold(home, row));
    return { tasks: tasks.flat(), seen: wanted.length };
  }

  meet(labourer: string): Promise<void> {
    return this.#parts.lanes.learn([labourer]);
  }

  async bringIn({ task, createdAt, attempts, isAgain, lastError, errors = [] }: Moving): Promise<'in' | 'other'> {
    const parts = this.#parts;
    const past: Row = {
      [HOME.attempts]: { N: String(attempts) },
      ...(isAgain && { [HOME.verdict]: { S: 'released' } }),
      ...(errors.length > 0 && { [HOME.errors]: gathered(errors) }),
      ...(errors.length === 0 && lastError !== undefined && { [HOME.error]: { S: lastError } }),
    };
    const isIn = await settleIn(parts, { ...planOf(parts, task, parts.clock.now()), createdAt, past });
    await parts.hints.touch(task.labourer);
    if (isIn) return 'in';
    const found = await find(parts, task);
    return found?.payload === task.payload ? 'in' : 'other';
  }

  async drop({ task, home, row }: MovingHome): Promise<void> {
    const { requests, shelf } = this.#parts;
    if (row && stateOf(row) === 'waiting') await unpoint(this.#parts, pointerOf(row, home));
    await requests.delete(shelf.table, homeKey(home));
    await this.#dropGuard(task.id, home);
    await requests.delete(shelf.table, heldKey(home));
  }

  async release({ home, row }: MovingHome): Promise<void> {
    const { requests, shelf } = this.#parts;
    if (row) {
      const set = { [HOME.state]: { S: 'waiting' } };
      await requests.update(shelf.table, homeKey(home), { set }, (e) => `${e.name(HOME.state)} = ${e.value({ S: 'moving' })}`);
      await point(this.#parts, pointerOf(row, home));
    }
    await requests.delete(shelf.table, heldKey(home));
  }

  /** What a move that died has held, or was about to. */
  async #heldBefore(labourer: string, item: Row): Promise<readonly MovingHome[]> {
    const { requests, shelf } = this.#parts;
    const home = homeOf(labourer, sortKeyOf(item));
    const row = await requests.get(shelf.table, homeKey(home));
    const state = row && stateOf(row);
    if (row && state === 'moving') return this.#moving(home, { ...row, [HOME.state]: { S: 'waiting' } });
    if (row && (state === 'queued' || state === 'waiting')) return this.#hold(home, row);
    // Dropped but for its guard; or never held: then somebody has claimed it, and the guard stays.
    if (!row) await this.#dropGuard(item['id']?.S ?? '', home);
    await requests.delete(shelf.table, heldKey(home));
    return [];
  }

  /** The guard of an id, as long as it is of this home and of no later one. */
  async #dropGuard(id: string, home: Home): Promise<void> {
    const { requests, shelf } = this.#parts;
    if (id === '' || isHomeInId(id, home)) return;
    const guard = await requests.get(shelf.table, addressKey(id));
    if (guard && homeText(homeInGuard(guard)) === homeText(home)) await requests.delete(shelf.table, addressKey(id));
  }

  async #hold(home: Home, row: Row): Promise<readonly MovingHome[]> {
    const { requests, shelf } = this.#parts;
    const moving = this.#moving(home, row);
    if (moving.length === 0) return [];
    await requests.put(shelf.table, { ...heldKey(home), id: { S: idOf(row, home) } });
    const seen = [HOME.state, HOME.claims].map((name) => [name, row[name] ?? { S: '' }] as const);
    const { kind } = await requests.update(shelf.table, homeKey(home), { set: { [HOME.state]: { S: 'moving' } } }, (e) =>
      seen.map(([name, value]) => `${e.name(name)} = ${e.value(value)}`).join(' AND '),
    );
    if (kind === 'done') return moving;
    await requests.delete(shelf.table, heldKey(home));
    return [];
  }

  #moving(home: Home, row: Row): readonly MovingHome[] {
    const reading = readHome(row, home);
    if ('problem' in reading) return [];
    const { id, labourer, payload, attempts, createdAt, key } = reading.facts;
    const { priority } = reading.facts;
    const isAgain = row[HOME.verdict] !== undefined;
    const expiresAt = row[HOME.expiresAt]?.N;
    const follow = row[HOME.follow]?.S as JsonText | undefined;
    const task = {
      id,
      labourer,
      payload,
      due: dueOf(row),
      ...(priority > 0 && { priority }),
      ...(expiresAt !== undefined && { expiresAt: Number(expiresAt) }),
      ...(key !== undefined && { key }),
      ...(follow !== undefined && { follow }),
    };
    const errors = errorsOf(row);
    const lastError = errors.at(-1)?.error;
    return [{ task, createdAt, attempts, isAgain, home, row, errors, ...(lastError !== undefined && { lastError }) }];
  }
}

const heldPartition = (labourer: string): string => `m#${labourer}`;
const heldKey = (home: Home): Row => keyed(heldPartition(home.labourer), homeText(home));
