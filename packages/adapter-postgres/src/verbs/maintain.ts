import { type Clock, type EpochMs, type MaintenanceReport, MINUTE, type Millis, type Retention } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

/** The most tasks, entries of the register, and rows of `turn` of a labourer, that one call forgets. */
const PAGE = 1_000;

const STATES = ['completed', 'dead', 'cancelled', 'dropped'] as const;

/** To find the newest so many is to walk over them. Beyond this it is done now and then only. */
const COUNT_OFTEN = 10_000;
const COUNT_AGAIN: Millis = 10 * MINUTE;

export const forgetQuery = ({ quoted }: SchemaName): string =>
  `SELECT ${quoted}.forget($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::integer) AS purged, ${quoted}.forget_entries($5::integer) AS entries, ` +
  `${quoted}.tidy_labourers($6::text[], $5::integer) AS turns`;

/** Which large counts are due again. */
export class Countings {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #counted = new Map<string, EpochMs>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The count, if it is to be looked at now. */
  due(labourer: string, state: string, count: number | undefined): number | undefined {
    if (count === undefined || count <= COUNT_OFTEN) return count;
    const name = `${labourer}:${state}`;
    const now = this.#clock.now();
    const counted = this.#counted.get(name);
    if (counted !== undefined && Math.abs(now - counted) < COUNT_AGAIN) return undefined;
    this.#counted.set(name, now);
    return count;
  }

  /** There was a whole page: there may be more to forget. */
  repeat(): void {
    this.#counted.clear();
  }
}

interface Row {
  readonly purged: number;
  readonly entries: number;
  readonly turns: number;
}

interface Keeping {
  readonly keepEnded: Millis;
  readonly retention: ReadonlyMap<string, Retention> | undefined;
  readonly countings: Countings;
}

/** Crashes leave nothing to repair: a transaction that did not commit never was. So only the forgetting is left to do. */
export const maintain = async (
  session: Session,
  schema: SchemaName,
  labourers: readonly string[],
  { keepEnded, retention, countings }: Keeping,
): Promise<MaintenanceReport> => {
  if (labourers.length === 0) return { done: { purged: 0 }, more: false };
  const names = [...new Set(labourers)];
  const kept = names.flatMap((labourer) =>
    STATES.map((state) => {
      const { age = keepEnded, count } = retention?.get(labourer)?.[state === 'completed' ? 'completed' : 'others'] ?? {};
      return { labourer, state, age: Math.min(Math.ceil(age), Number.MAX_SAFE_INTEGER), count: countings.due(labourer, state, count) };
    }),
  );
  const [row] = await session.query<Row>(forgetQuery(schema), [
    arrayText(kept.map(({ labourer }) => labourer)),
    arrayText(kept.map(({ state }) => state)),
    arrayText(kept.map(({ age }) => age)),
    arrayText(kept.map(({ count }) => count)),
    PAGE,
    arrayText(names),
  ]);
  const { purged = 0, entries = 0, turns = 0 } = row ?? {};
  if (purged === PAGE) countings.repeat();
  const done = { purged, ...(entries > 0 && { entries }), ...(turns > 0 && { turns }) };
  return { done, more: purged === PAGE || entries === PAGE || turns >= PAGE / 2 };
};
