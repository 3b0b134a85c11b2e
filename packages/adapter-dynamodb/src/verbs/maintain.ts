import type { EpochMs, MaintenanceReport, Millis, Retention } from '@reeve/core';
import { MINUTE } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { isLive, placesOf } from '../ledger/group.ts';
import { claimedAtOfPlace, ownerOf, type Place } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf, endedByUs } from '../rows/read-row.ts';
import { finish } from '../sosw/finish.ts';
import type { SoswLook } from '../sosw/look.ts';
import { close } from './close.ts';
import { runsUnder } from './expired.ts';
import { Forgetting, type Forgot } from './forget.ts';
import type { Parts } from './parts.ts';

/** A claim is finished long before: a place that is older, and its task not taken, was left by a crash. */
const UNFINISHED: Millis = MINUTE;
/** A place that was found in order is looked at again after so long. */
const AGAIN: Millis = 10 * MINUTE;
/** Places of one call. */
const PAGE = 200;

interface Held {
  readonly labourer: string;
  readonly place: Place;
}

/** Finds in the ledger what crashes left half done, and finishes it; then looks for what a sosw has done beside us. */
export class Maintenance {
  readonly #parts: Parts;
  readonly #look: SoswLook;
  readonly #forgetting: Forgetting;
  readonly #checked = new Map<string, EpochMs>();

  constructor(parts: Parts, look: SoswLook) {
    this.#parts = parts;
    this.#look = look;
    this.#forgetting = new Forgetting(parts);
  }

  /** What was found in order has been left since, as somebody saw on his way: it is looked at by the next call, whenever it was before. */
  isLeft({ name }: Place): void {
    this.#checked.delete(name);
  }

  async maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    const { ledger, clock } = this.#parts;
    const now = clock.now();
    const groups = await ledger.readMany(labourers, false);
    const old = [...groups].flatMap(([labourer, rows]) =>
      rows.flatMap((row, group) => this.#oldPlaces(row, now).map((name): Held => ({ labourer, place: { group, name } }))),
    );
    const page = old.slice(0, PAGE);
    const repaired = (await inLanes(page, (held) => this.#repair(held, now))).filter(Boolean).length;
    this.#forgetChecks(now);
    const looked = await this.#look.look(labourers);
    const { purged, more } = await this.#forgetPast(groups, retention);
    return { done: { repaired, purged, ...looked.done }, more: old.length > page.length || looked.more || more };
  }

  /** After what crashes left has been finished: those ends are counted as well. */
  async #forgetPast(groups: ReadonlyMap<string, readonly Row[]>, retention?: ReadonlyMap<string, Retention>): Promise<Forgot> {
    if (!retention || retention.size === 0) return { purged: 0, more: false };
    return this.#forgetting.forget(new Map([...groups].map(([labourer, rows]) => [labourer, rows[0] ?? {}])), retention);
  }

  #oldPlaces(row: Row, now: EpochMs): readonly string[] {
    const { guard } = this.#parts;
    return placesOf(row).filter((name) => {
      if (now - (this.#checked.get(name) ?? Number.NEGATIVE_INFINITY) < AGAIN) return false;
      return !isLive(row, name, { now, guard }) || claimedAtOfPlace(row[name]?.S ?? '') <= now - UNFINISHED;
    });
  }

  /** @returns whether there was something to mend */
  async #repair({ labourer, place }: Held, now: EpochMs): Promise<boolean> {
    const { requests, layout, ledger, hints } = this.#parts;
    const { fields, tables } = layout;
    const { task, claim } = ownerOf(place.name);
    const found = await requests.get(tables.tasks, layout.taskKey(task));
    const row = found && layout.labourerOf(found) === labourer ? found : undefined; // not what sosw's assistant made of an unknown id
    if (row?.[fields.completed_at] !== undefined && row[fields.greenfield] !== undefined && !endedByUs(row))
      await finish(this.#parts, labourer, row);
    else if (runsUnder(row, place)) {
      this.#checked.set(place.name, now); // a lease, live or expired: not ours to end
      return false;
    } else if (row && claimsOf(row) < claim && !(await this.#outdate(row, claim))) return false;
    else if (row && endedByUs(row)) await close(this.#parts, row);
    if (layout.greenfieldOf(row ?? {}) === undefined) await ledger.leave(labourer, [place]);
    else await hints.saying(labourer, (also) => ledger.leave(labourer, [place], also));
    return true;
  }

  /** A claim took the place and never came for the task. Sees to it that it cannot any more, however late it wakes. */
  async #outdate(row: Row, claim: number): Promise<boolean> {
    const { requests, layout } = this.#parts;
    const { fields, tables } = layout;
    const { [fields.greenfield]: seen, [OURS.claims]: claims } = row;
    if (!seen) return true; // it has ended, and a claim comes too late by itself
    const { kind } = await requests.update(
      tables.tasks,
      layout.taskKey(layout.idOf(row)),
      { set: { [OURS.claims]: { N: String(claim) } } },
      (e) =>
        [
          `${e.name(fields.greenfield)} = ${e.value(seen)}`,
          `attribute_not_exists(${e.name(OURS.until)})`,
          claims ? `${e.name(OURS.claims)} = ${e.value(claims)}` : `attribute_not_exists(${e.name(OURS.claims)})`,
        ].join(' AND '),
    );
    return kind === 'done';
  }

  #forgetChecks(now: EpochMs): void {
    for (const [name, at] of this.#checked) if (now - at >= AGAIN) this.#checked.delete(name);
  }
}
