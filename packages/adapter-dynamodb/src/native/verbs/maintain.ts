import type { EpochMs, MaintenanceReport, Millis, Retention } from '@reeve/core';
import { MINUTE } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { GROUP, isLive, NEVER, placesOf } from '../../ledger/group.ts';
import { hasMark } from '../../ledger/marks.ts';
import { claimedAtOfPlace, type Place } from '../../ledger/place.ts';
import { nextDue } from '../lane/next-due.ts';
import { oldPriorities } from '../lane/priorities.ts';
import type { NativeParts } from '../parts.ts';
import { Forgetting } from '../retention/forgetting.ts';
import { audit } from './audit.ts';
import { forgetPriority } from './forget-priority.ts';
import { repair } from './repair.ts';
import { type Stand, tidy } from './tidy.ts';

/** A claim is finished long before: a place that is older, and its task not taken, was left by a crash. */
const UNFINISHED: Millis = MINUTE;
/** A place that was found in order is looked at again after so long. */
const AGAIN: Millis = 10 * MINUTE;
/** A labourer who is said to have nothing due is looked at after so long, and so many of them in a call. */
const LOOK: Millis = 5 * MINUTE;
const LOOKS = 20;
/** Places of one call. */
const PAGE = 200;

interface Held {
  readonly labourer: string;
  readonly place: Place;
}

/** Finds in the ledger what crashes left half done, and finishes it; then looks through what the readers of the lanes have gone by. */
export class NativeMaintenance {
  readonly #parts: NativeParts;
  readonly #forgetting: Forgetting;
  readonly #checked = new Map<string, EpochMs>();
  readonly #looked = new Map<string, EpochMs>();
  readonly #weighed = new Map<string, EpochMs>();
  readonly #tidied = new Map<string, Stand & { readonly at: EpochMs }>();

  constructor(parts: NativeParts) {
    this.#parts = parts;
    this.#forgetting = new Forgetting(parts);
  }

  /** What was found in order has been left since, as somebody saw on his way: it is looked at by the next call, whenever it was before. */
  isLeft(labourer: string, { name }: Place): void {
    this.#checked.delete(labourer + name);
  }

  async maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    const { ledger, clock } = this.#parts;
    const now = clock.now();
    const groups = await ledger.readMany(labourers, false);
    const old = [...groups].flatMap(([labourer, rows]) =>
      rows.flatMap((row, group) => this.#oldPlaces(labourer, row, now).map((name): Held => ({ labourer, place: { group, name } }))),
    );
    const page = old.slice(0, PAGE);
    const repaired = (await inLanes(page, (held) => this.#repair(held, now))).filter(Boolean).length;
    for (const [key, at] of this.#checked) if (now - at >= AGAIN) this.#checked.delete(key);
    const audits = await inLanes([...groups], ([labourer, rows]) => audit(this.#parts, labourer, rows, now));
    const woken = (await this.#wake(groups, now)) + (await this.#tidy(groups, now));
    await this.#forgetPriorities(groups, now);
    const found = audits.reduce((sum, each) => sum + each.found, woken);
    const forgotten = retention && (await this.#forgetting.forget(groups, retention, now));
    return {
      done: { repaired, found, ...(forgotten && { forgotten: forgotten.count }) },
      more: old.length > page.length || audits.some(({ more }) => more) || forgotten?.more === true,
    };
  }

  /** Whoever enqueues says so at the end, and may have died before: looks whether there is something due of which nobody knows. */
  async #wake(groups: ReadonlyMap<string, readonly Row[]>, now: EpochMs): Promise<number> {
    const { hints } = this.#parts;
    const isQuiet = (labourer: string, [first]: readonly Row[]): boolean =>
      !hints.isDue(first ?? {}) && now - (this.#looked.get(labourer) ?? Number.NEGATIVE_INFINITY) >= LOOK;
    const quiet = [...groups].filter(([labourer, rows]) => isQuiet(labourer, rows)).slice(0, LOOKS);
    const woken = await inLanes(quiet, async ([labourer, rows]) => {
      this.#looked.set(labourer, now);
      const due = await nextDue(this.#parts, labourer, rows);
      if (due === undefined || due >= Number(rows[0]?.[GROUP.due]?.N ?? NEVER)) return false;
      await hints.touch(labourer);
      return due <= now;
    });
    return woken.filter(Boolean).length;
  }

  /** A labourer that had urgent tasks a day ago, and has none now, is not asked for them any more. */
  async #forgetPriorities(groups: ReadonlyMap<string, readonly Row[]>, now: EpochMs): Promise<void> {
    const old = [...groups].flatMap(([labourer, [first = {}]]) =>
      oldPriorities(first, now).map((priority) => ({ labourer, first, priority })),
    );
    const due = old.filter(
      ({ labourer, priority }) => now - (this.#weighed.get(`${priority} ${labourer}`) ?? Number.NEGATIVE_INFINITY) >= LOOK,
    );
    await inLanes(due.slice(0, LOOKS), async ({ labourer, first, priority }) => {
      this.#weighed.set(`${priority} ${labourer}`, now);
      await forgetPriority(this.#parts, labourer, first, priority);
    });
  }

  async #tidy(groups: ReadonlyMap<string, readonly Row[]>, now: EpochMs): Promise<number> {
    const isDue = (labourer: string): boolean => now - (this.#tidied.get(labourer)?.at ?? Number.NEGATIVE_INFINITY) >= LOOK;
    const withKeys = [...groups].filter(([labourer, [first]]) => hasMark(first, 'keyed') && isDue(labourer)).slice(0, LOOKS);
    const counts = await inLanes(withKeys, async ([labourer, [first = {}]]) => {
      const { next, found } = await tidy(this.#parts, labourer, first, this.#tidied.get(labourer) ?? { part: 0, from: '' }, now);
      this.#tidied.set(labourer, { ...next, at: now });
      return found;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #oldPlaces(labourer: string, row: Row, now: EpochMs): readonly string[] {
    const { guard } = this.#parts;
    return placesOf(row).filter((name) => {
      if (now - (this.#checked.get(labourer + name) ?? Number.NEGATIVE_INFINITY) < AGAIN) return false;
      return !isLive(row, name, { now, guard }) || claimedAtOfPlace(row[name]?.S ?? '') <= now - UNFINISHED;
    });
  }

  /** @returns whether there was something to mend */
  async #repair({ labourer, place }: Held, now: EpochMs): Promise<boolean> {
    const repaired = await repair(this.#parts, labourer, place);
    if (repaired === 'runs') this.#checked.set(labourer + place.name, now);
    return repaired === 'mended';
  }
}
