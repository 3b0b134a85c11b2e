import type { SetAside } from '@reeve/core';
import type { Row, Written } from '../../client/requests.ts';
import { isItemTooLarge } from '../../tables/dynamodb-fault.ts';
import { homeText } from '../codec/home-key.ts';
import { HOME, idOf, stateOf } from '../codec/home-row.ts';
import { historyPartition, homeKey } from '../keys.ts';
import type { Broken } from '../lane/candidate.ts';
import type { NativeParts } from '../parts.ts';
import { keyed } from '../shelf.ts';

/**
 * Takes a task that cannot be run out of the queue, with all that is in it. The list of such tasks hears of it first, the same each
 * time; the home is changed by one caller only, who reports it.
 */
export const setAside = async (
  { requests, shelf, call: nextCall }: NativeParts,
  { home, row, problem }: Broken,
): Promise<SetAside | undefined> => {
  await requests.put(shelf.table, keyed(historyPartition(home.labourer, 'aside'), homeText(home)));

  const seen = [HOME.state, HOME.claims, HOME.token].map((name) => [name, row[name]] as const);
  const call = nextCall();
  const write = (said: Row): Promise<Written> =>
    requests.update(shelf.table, homeKey(home), { set: { [HOME.state]: { S: 'aside' }, ...said }, remove: [HOME.until] }, (e) =>
      seen.map(([name, value]) => (value ? `${e.name(name)} = ${e.value(value)}` : `attribute_not_exists(${e.name(name)})`)).join(' AND '),
    );
  const written = await write({ [HOME.problem]: { S: problem }, [HOME.word]: { S: call } }).catch((error: unknown) => {
    if (!isItemTooLarge(error)) throw error;
    return write({}); // somebody has filled it to the brim
  });
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isOurs = written.kind === 'done' || (stateOf(written.row ?? {}) === 'aside' && written.row?.[HOME.word]?.S === call);
  return isOurs ? { labourer: home.labourer, id: idOf(row, home), problem } : undefined;
};
