import type { TaskRecord } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { placesOf } from '../../ledger/group.ts';
import { ownerOf } from '../../ledger/place.ts';
import { digits, homeOf, homeText } from '../codec/home-key.ts';
import { stateOf, untilOf } from '../codec/home-row.ts';
import { toRecord } from '../codec/record.ts';
import type { NativeParts } from '../parts.ts';
import { rowsOf } from '../verbs/expired.ts';

export interface RunningPage {
  readonly tasks: readonly TaskRecord[];
  /** Where the page ended, if there is more. */
  readonly at?: string;
}

/** By deadline: all that have a place are read, which is what runs and little more. */
export const readRunning = async (
  parts: NativeParts,
  labourer: string,
  groups: readonly Row[],
  { after = '', limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<RunningPage> => {
  const homes = groups.flatMap(placesOf).map((name) => homeOf(labourer, ownerOf(name).task));
  const rows = (await rowsOf(parts, homes)).filter(([, row]) => stateOf(row) === 'running');
  const placed = rows.map(([home, row]) => ({ order: digits(untilOf(row)) + homeText(home), record: toRecord(row, home) }));
  const rest = placed.filter(({ order }) => order > after).sort((a, b) => (a.order < b.order ? -1 : 1));
  const page = rest.slice(0, limit);
  const at = rest.length > limit ? page.at(-1)?.order : undefined;
  return { tasks: page.map(({ record }) => record).filter((each) => each !== undefined), ...(at !== undefined && { at }) };
};
