/** What may be wrong with what an operator does. */
import {
  type Burial,
  type BuryOutcome,
  type JsonText,
  type Operator,
  type RedriveOutcome,
  ReeveError,
  type Replacement,
  type TaskKey,
} from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { cancellingMutants, cancelMutants } from './cancel.ts';
import { attemptOf, dropping } from './of-memory.ts';
import { kept, mutant, type StoreMutant, turn } from './twist.ts';

/** Faults that every verb of an operator may have. */
const ofEveryVerb = <Ask extends TaskKey, Answer>(
  verb: keyof Operator,
  breaks: string,
  honestly: (honest: WholeStore) => (asks: readonly Ask[]) => Promise<readonly Answer[]>,
  unknown: Answer,
): readonly StoreMutant[] => {
  type Call = (asks: readonly Ask[]) => Promise<readonly Answer[]>;
  const twisting = (name: string, twist: (call: Call) => Call): StoreMutant =>
    mutant(`${name}: ${verb}`, breaks, (honest) => ({ [verb]: twist(honestly(honest)) }));
  return [
    twisting('answers in the order of the ids', (call) => (asks) => call([...asks].sort((a, b) => (a.id < b.id ? -1 : 1)))),
    twisting('does a hundred in a call at most', (call) => async (asks) => [
      ...(await call(asks.slice(0, 100))),
      ...asks.slice(100).map(() => unknown),
    ]),
    twisting('leaves unknown tasks out of its answer', (call) => async (asks) => (await call(asks)).filter((each) => each !== unknown)),
    twisting('fails on an empty call', (call) => async (asks) => {
      if (asks.length === 0) throw new Error('syntax error at or near ")"');
      return call(asks);
    }),
  ];
};

const buryMutants: readonly StoreMutant[] = [
  mutant('buries what runs', 'O3', (honest) => ({
    bury: async (burials) => {
      const refs = await Promise.all(burials.map((each) => attemptOf(honest, each)));
      const outcomes = await honest.bury(burials);
      await honest.settle(refs.flatMap((each, n) => (each ? [{ ...each, kind: 'dead' as const, error: burials[n]?.error ?? '' }] : [])));
      return outcomes.map((each) => (each === 'running' ? 'buried' : each));
    },
  })),
  mutant('buries an ended task once more', 'O3', (honest) => ({
    bury: async (burials) => (await honest.bury(burials)).map((each): BuryOutcome => (each === 'ended' ? 'buried' : each)),
  })),
  mutant('forgets why it buried', 'O3', (honest) => ({ bury: (burials) => honest.bury(burials.map((each) => ({ ...each, error: '' }))) })),
  mutant('looks, then buries', 'O3', (honest) => ({
    bury: async (burials) => {
      const records = await Promise.all(burials.map((each) => honest.find(each)));
      await turn();
      const outcomes = await honest.bury(burials);
      return outcomes.map((each, n): BuryOutcome => (records[n]?.state === 'queued' ? 'buried' : each));
    },
  })),
];

const redriveMutants: readonly StoreMutant[] = [
  mutant('looks, then redrives', 'O4', (honest) => ({
    redrive: async (redrives) => {
      const records = await Promise.all(redrives.map((each) => honest.find(each)));
      await turn();
      const outcomes = await honest.redrive(redrives);
      return outcomes.map((each, n): RedriveOutcome => (records[n]?.state === 'dead' ? 'queued' : each));
    },
  })),
  mutant('redrives without the wait', 'O4', (honest) => ({
    redrive: (redrives) => honest.redrive(redrives.map(({ labourer, id }) => ({ labourer, id }))),
  })),
  mutant('redrives the dead only', 'O4', (honest) => ({
    redrive: async (redrives) => {
      const records = await Promise.all(redrives.map((each) => honest.find(each)));
      const others = records.map((each) => each?.state === 'cancelled' || each?.state === 'dropped');
      const outcomes = [...(await honest.redrive(redrives.filter((_, n) => !others[n])))];
      return redrives.map((_, n) => (others[n] ? 'kept' : (outcomes.shift() ?? 'unknown')));
    },
  })),
  mutant('redrives what was completed', 'O4', (honest) => ({
    redrive: async (redrives) => (await honest.redrive(redrives)).map((each): RedriveOutcome => (each === 'kept' ? 'queued' : each)),
  })),
  mutant('counts on after a redrive', 'O4', (honest, tools) => {
    const before = kept(tools, 'before', () => new Map<string, number>());
    return {
      redrive: async (redrives) => {
        for (const each of redrives) before.set(each.id, (await honest.find(each))?.attempts ?? 0);
        return honest.redrive(redrives);
      },
      claim: async (request) => {
        const answer = await honest.claim(request);
        return { ...answer, leases: answer.leases.map((each) => ({ ...each, attempt: each.attempt + (before.get(each.id) ?? 0) })) };
      },
    };
  }),
  mutant('forgets the errors of a task that it redrives', 'O4', (honest, tools) => {
    const forgotten = kept(tools, 'forgotten', () => new Map<string, number>());
    return {
      redrive: async (redrives) => {
        for (const each of redrives) forgotten.set(each.id, (await honest.find(each))?.errors.length ?? 0);
        return honest.redrive(redrives);
      },
      find: async (key) => {
        const record = await honest.find(key);
        return record && { ...record, errors: record.errors.slice(forgotten.get(key.id) ?? 0) };
      },
    };
  }),
  dropping('lets a task run out of time again that was redriven', 'O4', (_, expiresAt, now) => expiresAt <= now),
  mutant('puts a task that it redrives at the head', 'O4', (honest, tools) => {
    const redriven = kept(tools, 'redriven', () => new Set<string>());
    return {
      redrive: (redrives) => {
        for (const { id } of redrives) redriven.add(id);
        return honest.redrive(redrives);
      },
      claim: async (request) => {
        const answer = await honest.claim(request);
        return { ...answer, leases: [...answer.leases].sort((a, b) => Number(redriven.has(b.id)) - Number(redriven.has(a.id))) };
      },
    };
  }),
  mutant('redrives from the end of the call', 'O4', (honest) => ({
    redrive: async (redrives) => [...(await honest.redrive([...redrives].reverse()))].reverse(),
  })),
];

const reparsed = (text: JsonText): JsonText => JSON.stringify(JSON.parse(text)) as JsonText;

const replaceMutants: readonly StoreMutant[] = [
  mutant('says that it has replaced what was started', 'O5', (honest) => ({
    replace: async (replacements) => (await honest.replace(replacements)).map((each) => (each === 'started' ? 'replaced' : each)),
  })),
  mutant('looks, then replaces', 'O5', (honest) => ({
    replace: async (replacements) => {
      const records = await Promise.all(replacements.map((each) => honest.find(each)));
      await turn();
      const outcomes = await honest.replace(replacements);
      return outcomes.map((each, n) => (records[n]?.state === 'queued' && records[n].attempts === 0 ? 'replaced' : each));
    },
  })),
  mutant('says that it has replaced, and has not', 'O5', (honest) => ({
    replace: async (replacements) => {
      const records = await Promise.all(replacements.map((each) => honest.find(each)));
      return honest.replace(replacements.map((each, n) => ({ ...each, payload: records[n]?.payload ?? each.payload })));
    },
  })),
  mutant('queues anew what it replaces', 'O5', (honest) => ({
    replace: async (replacements) => {
      const outcomes = await honest.replace(replacements);
      const done = replacements.filter((_, n) => outcomes[n] === 'replaced');
      await honest.cancel(done);
      await honest.redrive(done.map(({ labourer, id }) => ({ labourer, id })));
      return outcomes;
    },
  })),
  mutant('parses replacements and writes them anew', 'O5', (honest) => ({
    replace: (replacements) => honest.replace(replacements.map((each) => ({ ...each, payload: reparsed(each.payload) }))),
  })),
  mutant('replaces up to the one that is too long', 'O5', (honest) => ({
    replace: async (replacements) => {
      const answers: ('replaced' | 'started' | 'unknown')[] = [];
      for (const each of replacements) answers.push(...(await honest.replace([each])));
      return answers;
    },
  })),
  mutant('takes no payload that is longer than 1 KiB', 'O5', (honest) => ({
    replace: async (replacements) => {
      const long = replacements.find(({ payload }) => payload.length > 1_024);
      if (long) throw new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message: `payload of ${long.id}: too long` });
      return honest.replace(replacements);
    },
  })),
];

export const operatorMutants: readonly StoreMutant[] = [
  ...cancelMutants,
  ...cancellingMutants,
  ...buryMutants,
  ...redriveMutants,
  ...replaceMutants,
  ...ofEveryVerb('cancel', 'O1', (honest) => (asks: readonly TaskKey[]) => honest.cancel(asks), 'unknown'),
  ...ofEveryVerb('bury', 'O3', (honest) => (asks: readonly Burial[]) => honest.bury(asks), 'unknown'),
  ...ofEveryVerb('redrive', 'O4', (honest) => (asks: readonly TaskKey[]) => honest.redrive(asks), 'unknown'),
  ...ofEveryVerb('replace', 'O5', (honest) => (asks: readonly Replacement[]) => honest.replace(asks), 'unknown'),
];
