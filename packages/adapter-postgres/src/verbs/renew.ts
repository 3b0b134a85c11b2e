import type { Renewal, RenewOutcome } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';
import type { Hints } from './hints.ts';

export const renewQuery = ({ quoted }: SchemaName): string =>
  `SELECT n, deadline FROM ${quoted}.renew($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[], true)`;

/** For attempts that another process claimed: through the places of their labourers. */
export const findPlacesQuery = ({ quoted: s }: SchemaName): string => `
  SELECT g.n::integer AS n, s.no AS place
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS g (labourer, id, token, n)
  JOIN ${s}.slot s ON s.labourer = g.labourer AND s.id = g.id AND s.token = g.token`;

interface Given {
  readonly renewal: Renewal;
  readonly n: number;
  readonly place: number | undefined;
}

export const renew = async (
  session: Session,
  schema: SchemaName,
  renewals: readonly Renewal[],
  hints: Hints,
): Promise<readonly RenewOutcome[]> => {
  const outcomes = renewals.map((): RenewOutcome => ({ kind: 'stale' }));
  const known = renewals.map((renewal, n): Given => ({ renewal, n, place: hints.placeOf(renewal) }));
  const missed = await renewKnown(session, schema, known, outcomes);
  if (missed.length > 0) await renewKnown(session, schema, await findPlaces(session, schema, missed), outcomes);
  return outcomes;
};

/** @returns those that were not where they were believed to be */
const renewKnown = async (session: Session, schema: SchemaName, given: readonly Given[], outcomes: RenewOutcome[]): Promise<Given[]> => {
  const placed = given.filter(({ place }) => place !== undefined);
  // One order for all who write to places, so that no two of them wait for each other.
  placed.sort((a, b) => compare(a.renewal.labourer, b.renewal.labourer) || (a.place ?? 0) - (b.place ?? 0));
  if (placed.length > 0) {
    const rows = await session.query<{ readonly n: number; readonly deadline: string | null }>(
      renewQuery(schema),
      [...refs(placed), arrayText(placed.map(({ renewal }) => Math.ceil(renewal.lease))), arrayText(placed.map(({ place }) => place))],
      'often',
    );
    for (const { n, deadline } of rows) {
      const one = placed[n - 1];
      if (one) outcomes[one.n] = deadline === null ? { kind: 'cancelled' } : { kind: 'renewed', deadline: Number(deadline) };
    }
  }
  return given.filter(({ n }) => outcomes[n]?.kind === 'stale');
};

const findPlaces = async (session: Session, schema: SchemaName, given: readonly Given[]): Promise<Given[]> => {
  const rows = await session.query<{ readonly n: number; readonly place: number }>(findPlacesQuery(schema), refs(given));
  return rows.flatMap(({ n, place }) => {
    const one = given[n - 1];
    return one ? [{ ...one, place }] : [];
  });
};

const refs = (given: readonly Given[]): string[] => [
  arrayText(given.map(({ renewal }) => renewal.labourer)),
  arrayText(given.map(({ renewal }) => renewal.id)),
  arrayText(given.map(({ renewal }) => renewal.token)),
];

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
