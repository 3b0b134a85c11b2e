import { type EpochMs, type Keep, MINUTE, type Millis, type Retention } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { END_KINDS, type EndKind } from '../codec/ending.ts';
import { digits } from '../codec/home-key.ts';
import type { NativeParts } from '../parts.ts';
import { type Forgotten, forgetEnds } from './forget-ends.ts';
import { KEEP, keepText } from './keeps.ts';
import { COUNT_NONE, type Counting, countNewest } from './newest.ts';

/** After so many looks in which nothing was to be forgotten the next comes later; each time a minute more, up to ten. */
const PATIENCE = 8;
const LONGEST: Millis = 10 * MINUTE;
const HOUR: Millis = 60 * MINUTE;
/** Counting so many costs next to nothing. More of them are counted so much later for each. */
const FEW = 16;
const PER_COUNT: Millis = 200;

interface State {
  readonly text: string;
  readonly idle: number;
  /** The next look. */
  readonly at: EpochMs;
  readonly counting: Counting;
}

interface Ended {
  readonly labourer: string;
  readonly kind: EndKind;
  readonly groups: readonly Row[];
}

/** M2 Forgets ended tasks that are kept no more. */
export class Forgetting {
  readonly #parts: NativeParts;
  readonly #states = new Map<string, State>();

  constructor(parts: NativeParts) {
    this.#parts = parts;
  }

  async forget(groups: ReadonlyMap<string, readonly Row[]>, retention: ReadonlyMap<string, Retention>, now: EpochMs): Promise<Forgotten> {
    const told = [...groups].flatMap(([labourer, rows]) => {
      const own = retention.get(labourer);
      return own ? [{ labourer, groups: rows, own }] : [];
    });
    await inLanes(told, ({ labourer, groups: rows, own }) => this.#say(labourer, rows[0] ?? {}, own));
    const all = told.flatMap(({ own, ...one }) =>
      END_KINDS.map((kind) => ({ ended: { ...one, kind }, keep: (kind === 'completed' ? own.completed : own.others) ?? {} })),
    );
    const forgotten = await inLanes(all, ({ ended, keep }) => this.#forgetKind(ended, keep, now));
    return { count: forgotten.reduce((sum, { count }) => sum + count, 0), more: forgotten.some(({ more }) => more) };
  }

  /** So that others hear of it, and what they end lasts as long as it should. */
  async #say(labourer: string, first: Row, retention: Retention): Promise<void> {
    const { keeps, requests, shelf } = this.#parts;
    const text = keepText(retention);
    keeps.note(labourer, text);
    if ((first[KEEP]?.S ?? keepText({})) === text) return;
    await requests.update(shelf.table, shelf.groupKey(labourer, 0), { set: { [KEEP]: { S: text } } });
  }

  async #forgetKind(ended: Ended, { age, count }: Keep, now: EpochMs): Promise<Forgotten> {
    const { guard, keeps } = this.#parts;
    const { labourer, kind } = ended;
    const name = `${kind} ${labourer}`;
    const text = `${age} ${count}`;
    const known = this.#states.get(name);
    const state = known?.text === text ? known : { text, idle: 0, at: now, counting: COUNT_NONE };
    if (now < state.at && state.at - now <= HOUR) return { count: 0, more: false };
    // Whoever ended it may have a clock that is ahead of ours, or behind.
    const byAge = digits(now - keeps.of(labourer, kind) - guard + 1);
    const byCount = count === undefined ? undefined : await countNewest(this.#parts, ended, count, state.counting);
    const isCounting = typeof byCount === 'object' && byCount.before > byAge;
    const before = typeof byCount === 'string' && byCount > byAge ? byCount : byAge;
    const forgotten = await forgetEnds(this.#parts, ended, before);
    const more = forgotten.more || isCounting;
    const idle = more || forgotten.count > 0 ? 0 : state.idle + 1;
    const pause = Math.min(LONGEST, Math.max(0, idle - PATIENCE) * MINUTE);
    const dear = count === undefined || count <= FEW ? 0 : Math.min(HOUR, count * PER_COUNT);
    this.#states.set(name, { text, idle, at: more ? now : now + Math.max(pause, dear), counting: isCounting ? byCount : COUNT_NONE });
    return { count: forgotten.count, more };
  }
}
