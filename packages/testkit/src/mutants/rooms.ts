/** What may be wrong with the room that a claim has by key. */
import type { ClaimRequest, KeyRoom } from '@reeve/core';
import { type Choosable, choosing, inTurns, roomFor, type Situation } from './choosing.ts';
import { kept, mutant, type StoreMutant } from './twist.ts';

const asking = (name: string, change: (request: ClaimRequest) => ClaimRequest): StoreMutant =>
  mutant(name, 'C13', (honest) => ({ claim: (request) => honest.claim(change(request)) }));

const withRoom = (name: string, change: (keyRoom: KeyRoom) => KeyRoom): StoreMutant =>
  asking(name, ({ room, ...request }) => ({ ...request, ...(room && { room: change(room) }) }));

/** Counts by a rule of its own what there is room for. */
const counting = (
  name: string,
  isFree: (situation: Situation, key: string | undefined, runs: number, taken: readonly Choosable[]) => boolean,
): StoreMutant =>
  choosing(name, 'C13', (situation) => inTurns(situation, { isFree: (key, runs, taken) => isFree(situation, key, runs, taken) }));

const ofKey = (taken: readonly Choosable[], key: string | undefined): number => taken.filter((each) => each.key === key).length;

export const roomMutants: readonly StoreMutant[] = [
  asking('takes no notice of room', ({ room: _, ...request }) => request),
  asking('takes no notice of room without a limit of what may run of a key', ({ room, ...request }) =>
    room && request.perKey !== undefined ? { ...request, room } : request,
  ),
  asking('takes no notice of the limit of what may run of a key where there is room', ({ perKey, ...request }) =>
    perKey === undefined || request.room ? request : { ...request, perKey },
  ),
  withRoom('takes a room of 0 for none that is said', ({ of, others }) => ({
    of: new Map([...of].filter(([, most]) => most > 0)),
    others,
  })),
  withRoom('bounds the keys that are named, and no other', ({ of }) => ({ of, others: 1_000_000 })),
  withRoom('takes of a key that is named what is said of others', ({ of, others }) => ({
    of: new Map([...of].map(([key, most]) => [key, most > 0 ? others : 0])),
    others,
  })),
  withRoom('takes none of a key that is not named', ({ of }) => ({ of, others: 0 })),
  withRoom('looks at the first hundred keys that are named', ({ of, others }) => ({ of: new Map([...of].slice(0, 100)), others })),
  withRoom('compares keys without case, in what there is room for', ({ of, others }) => ({
    of: new Map([...of].flatMap(([key, most]) => [key, key.toLowerCase(), key.toUpperCase()].map((each) => [each, most] as const))),
    others,
  })),
  choosing('keeps what there is room for in a plain object', 'C13', (situation) => {
    const of: Record<string, number> = {};
    for (const [key, most] of situation.keyRoom?.of ?? []) of[key] = most;
    const most = (key: string): number => (situation.keyRoom ? (of[key] ?? situation.keyRoom.others) : Number.POSITIVE_INFINITY);
    return inTurns(situation, {
      isFree: (key, runs, taken) => key === undefined || (runs < situation.perKey && ofKey(taken, key) < most(key)),
    });
  }),
  counting('counts what runs into the room of a call', ({ perKey, keyRoom }, key, runs) =>
    key === undefined ? true : runs < Math.min(perKey, roomFor(key, keyRoom)),
  ),
  counting('has room for others together, and not for each', ({ perKey, keyRoom }, key, runs, taken) => {
    if (key === undefined || !keyRoom) return key === undefined || runs < perKey;
    const named = keyRoom.of.get(key);
    const others = taken.filter((each) => each.key !== undefined && !keyRoom.of.has(each.key)).length;
    return runs < perKey && (named === undefined ? others < keyRoom.others : ofKey(taken, key) < named);
  }),
  counting('limits tasks without a key as if they had one', ({ perKey, keyRoom }, key, runs, taken) =>
    key === undefined ? !keyRoom || ofKey(taken, key) < keyRoom.others : runs < perKey && ofKey(taken, key) < roomFor(key, keyRoom),
  ),
  choosing('waits for the first task of all though its key has no room', 'C13', (situation) => {
    const [head] = situation.due;
    return head?.key !== undefined && roomFor(head.key, situation.keyRoom) === 0 ? [] : inTurns(situation);
  }),
  choosing('looks at the first hundred keys, those without room among them', 'C13', (situation) => {
    const keys = new Set([...new Set(situation.due.map(({ key }) => key))].slice(0, 100));
    return inTurns({ ...situation, due: situation.due.filter(({ key }) => keys.has(key)) });
  }),
  choosing('takes in the order of C6 within the room', 'C13', (situation) =>
    inTurns(situation, situation.keyRoom ? { runs: () => 0 } : {}),
  ),
  choosing('takes what has no room when all that has it is taken', 'C13', (situation) => {
    const taken = inTurns(situation);
    const rest = situation.due.filter(
      (each) => !taken.includes(each) && (each.key === undefined || situation.keyRoom?.of.get(each.key) === 0),
    );
    return [...taken, ...rest.slice(0, situation.room - taken.length)];
  }),
  mutant('keeps what it took of a room for the claims after it', 'C13', (honest, tools) => {
    const used = kept(tools, 'used', () => new Map<string, number>());
    return {
      claim: async (request) => {
        const { room } = request;
        if (!room) return honest.claim(request);
        const of = new Map([...room.of].map(([key, most]) => [key, Math.max(0, most - (used.get(key) ?? 0))]));
        const answer = await honest.claim({ ...request, room: { ...room, of } });
        for (const each of answer.leases) {
          const key = (await honest.find(each))?.key;
          if (key !== undefined) used.set(key, (used.get(key) ?? 0) + 1);
        }
        return answer;
      },
    };
  }),
  mutant('claims without room in an exchange', 'C13', (honest) => ({
    exchange: (verdicts, { room: _, ...request }) => honest.exchange(verdicts, request),
  })),
  mutant('drops what is out of time out of the room of its key', 'C13', (honest, { clock }) => ({
    claim: async (request) => {
      const { room } = request;
      if (!room) return honest.claim(request);
      const { tasks } = await honest.list({ labourer: request.labourer, state: 'queued', limit: 1_000_000 });
      const late = new Map<string, number>();
      for (const each of tasks)
        if (
          each.state === 'queued' &&
          each.key !== undefined &&
          each.due <= clock.now() &&
          (each.expiresAt ?? Number.POSITIVE_INFINITY) <= clock.now()
        )
          late.set(each.key, (late.get(each.key) ?? 0) + 1);
      const of = new Map([...room.of].map(([key, most]) => [key, Math.max(0, most - (late.get(key) ?? 0))]));
      return honest.claim({ ...request, room: { ...room, of } });
    },
  })),
];
