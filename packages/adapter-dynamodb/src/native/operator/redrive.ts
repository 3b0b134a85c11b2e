import type { EpochMs, Redrive, RedriveOutcome } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { eachInTurn } from '../../operator/operator.ts';
import { errorsOf, gathered, looseNames } from '../codec/errors.ts';
import { placeText, turnOf } from '../codec/home-key.ts';
import { claimsOf, endedAtOf, HOME } from '../codec/home-row.ts';
import { guardedUntil, keepGuard } from '../enqueue/guard.ts';
import { point, pointerOf } from '../enqueue/put-home.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { LAG } from '../verbs/audit.ts';
import { decideOn, type Standing } from './decide-on.ts';

/** As of a task that was just enqueued. */
interface Fresh {
  readonly due: EpochMs;
  readonly turn: string;
  readonly now: EpochMs;
}

export const redrive = async (parts: NativeParts, redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> => {
  const { clock, chance, order, hints } = parts;
  const now = clock.now();
  // Their order is drawn before anything is sent: the requests may overtake each other.
  const turns = redrives.map(() => turnOf(placeText(now, now, order(), chance.random())));
  const outcomes = await eachInTurn(redrives, ({ after = 0, ...key }, at) =>
    decideOn<RedriveOutcome>(parts, key, 'unknown', async (standing) => {
      const { state } = standing;
      if (state === 'queued' || state === 'running') return 'open';
      if (state === 'completed' || state === 'aside') return 'kept';
      return (await queueAgain(parts, key.id, standing, { due: now + after, turn: turns[at] ?? '', now })) ? 'queued' : undefined;
    }),
  );
  const again = redrives.filter((_, at) => outcomes[at] === 'queued').map(({ labourer }) => labourer);
  await Promise.all([...new Set(again)].map((each) => hints.touch(each)));
  return outcomes;
};

/**
 * 1. The pointer: a task that waits without one, where the house-keeping has been, would be found by nobody. Until the home is written it
 * leads to a task that has ended, and with a number that this does not have yet; so whoever meets it lets it be.  2. The home: exactly one
 * caller's write holds, since each raises the number. That is new as well for whoever took a place for the task before it ended,
 * and is slow: he must not have it now.
 *
 * A crash in between leaves a pointer that goes once it is old. The end that was goes from lists and outbox with the home.
 */
const queueAgain = async (parts: NativeParts, id: string, { home, row }: Standing, { due, turn, now }: Fresh): Promise<boolean> => {
  const { requests, shelf, clock, keeps } = parts;
  const claims = claimsOf(row) + 1;
  const call = parts.call();
  const errors = errorsOf(row);
  const set: Row = {
    [HOME.state]: { S: 'waiting' },
    [HOME.due]: { N: String(due) },
    [HOME.turn]: { S: turn },
    [HOME.claims]: { N: String(claims) },
    [HOME.attempts]: { N: '0' },
    [HOME.word]: { S: call },
    ...(row[HOME.ended] && { [HOME.lastEnd]: row[HOME.ended] }),
    ...(errors.length > 0 && { [HOME.errors]: gathered(errors) }),
  };
  const remove = [...FORMER, ...looseNames(row)];
  const waiting = Object.fromEntries(Object.entries({ ...row, ...set }).filter(([name]) => !remove.includes(name)));
  const pointer = pointerOf(waiting, home);
  // It lasts again for as long as any that is enqueued now; first, so that no crash leaves a task whose id is forgotten.
  await keepGuard(parts, id, home, row[HOME.follow] ? undefined : guardedUntil(Math.max(due, now), keeps.longest(home.labourer)));
  await point(parts, pointer);
  const written = await requests.update(shelf.table, homeKey(home), { set, remove }, (e) =>
    [
      `${e.name(HOME.state)} = ${e.value(row[HOME.state] ?? { S: '' })}`,
      `${e.name(HOME.claims)} = ${e.value({ N: String(claimsOf(row)) })}`,
      `${e.name(HOME.ended)} = ${e.value({ N: String(endedAtOf(row)) })}`,
    ].join(' AND '),
  );
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isOurs = written.kind === 'done' || written.row?.[HOME.word]?.S === call;
  // The process slept, and somebody may have taken the pointer for one that was left.
  if (isOurs && clock.now() - now > LAG / 2) await point(parts, pointer);
  return isOurs;
};

/** What a home says of its former attempts and their end. */
const FORMER = [HOME.token, HOME.verdict, HOME.expiresAt, HOME.cancelling, HOME.ended, HOME.ttl, HOME.until, HOME.claimedAt, HOME.group];
