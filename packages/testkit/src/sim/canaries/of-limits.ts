import {
  BatchBook,
  type BatchBookParts,
  type Clock,
  type JsonText,
  type LabourerDefinition,
  MemoryTaskStore,
  type Register,
} from '@reeve/core';
import type { SimOptions } from '../options.ts';
import { type Canary, planting } from './canary.ts';

/** More than one who claims, much to claim, and this of every labourer. */
const all =
  (definition: Partial<LabourerDefinition>, over: Partial<SimOptions> = {}) =>
  ({ versions }: SimOptions): Partial<SimOptions> => ({
    ...{ ticking: 2, daemons: 2, tasks: 24, ...over },
    versions: versions.map((version) =>
      Object.fromEntries(
        Object.entries(version).map(([name, { keep: _, ...each }]) => [name, { ...each, maxSimultaneousInvocations: 8, ...definition }]),
      ),
    ),
  });

/** Another register for entries of one kind: not the one that all processes share. */
const ofItsOwn =
  (kind: RegExp) =>
  (shared: Register, clock: Clock): Register => {
    const own = new MemoryTaskStore({ clock });
    return {
      look: (names) => (names.every((each) => kind.test(each)) ? own.look(names) : shared.look(names)),
      change: (changes) => (changes.every(({ name }) => kind.test(name)) ? own.change(changes) : shared.change(changes)),
    };
  };

const RATE = { starts: 1, per: 2_000, burst: 1 };

/** Faults with what labourers are limited by beside their caps, with what is kept, and with batches. */
export const limitCanaries: readonly Canary[] = [
  {
    name: 'keeps a rate in each process',
    of: 'BullMQ: a limiter by worker',
    breaks: ['rate'],
    within: 20,
    limits: true,
    adjust: all({ rate: RATE }),
    planted: { wrapRegister: ofItsOwn(/^rate:/) },
  },
  {
    name: 'looks how many have started, then writes it',
    breaks: ['rate'],
    within: 40,
    limits: true,
    adjust: all({ rate: RATE }),
    planted: {
      wrapRegister: (register) => ({
        look: (names) => register.look(names),
        change: (changes) => register.change(changes.map(({ expected: _, ...each }) => each)),
      }),
    },
  },
  {
    name: 'keeps the rate of a key in each process',
    breaks: ['rate'],
    within: 20,
    limits: true,
    adjust: all({ ratePerKey: RATE }, { keyed: 0.9 }),
    planted: { wrapRegister: ofItsOwn(/^rate:[^:]*:/) },
  },
  {
    name: 'holds units in each process',
    breaks: ['resource'],
    within: 20,
    limits: true,
    adjust: all({ draws: { spade: 1 } }, { resources: { spade: 2 } }),
    planted: { wrapRegister: ofItsOwn(/^resource:/) },
  },
  {
    name: 'holds units for a few seconds, however long the attempt takes',
    breaks: ['resource'],
    within: 40,
    limits: true,
    adjust: all({ draws: { spade: 1 } }, { resources: { spade: 2 } }),
    planted: {
      wrapRegister: (register) => ({
        look: (names) => register.look(names),
        change: (changes) => register.change(changes.map((each) => (each.name.startsWith('resource:') ? { ...each, keep: 3_000 } : each))),
      }),
    },
  },
  {
    name: 'tells no worker that its lease is over, and starts the next of its key',
    breaks: ['cap'],
    within: 60,
    limits: true,
    adjust: (drawn) => ({ ...all({ perKey: 1 }, { keyed: 0.9, workers: 0 })(drawn), plays: { ...drawn.plays, late: 3, deaf: 3 } }),
    planted: {
      wrapInvoker: (invoker) => ({
        invoke: (labourer, lease, context) => invoker.invoke(labourer, lease, { ...context, signal: new AbortController().signal }),
      }),
    },
  },
  {
    name: 'forgets an end that something follows from',
    breaks: ['keep'],
    within: 60,
    limits: true,
    adjust: (drawn) => ({ ...all({ keep: { completed: { count: 0 }, others: { count: 0 } } })(drawn), followed: 0.8 }),
    store: planting((honest, { chance }) => ({
      maintain: async (labourers, retention) => {
        if (chance.random() < 0.3) await honest.takeOut(await honest.outbox(labourers, 1_000));
        return honest.maintain(labourers, retention);
      },
    })),
  },
  {
    name: 'keeps one fewer than it is told to',
    breaks: ['keep'],
    within: 20,
    limits: true,
    adjust: all({ keep: { completed: { count: 3 } } }),
    store: planting((honest) => ({
      maintain: (labourers) => honest.maintain(labourers, new Map(labourers.map((each) => [each, { completed: { count: 2 } }]))),
    })),
  },
  {
    name: 'keeps by age half as long',
    breaks: ['keep'],
    within: 20,
    limits: true,
    adjust: all({ keep: { completed: { age: 10_000 } } }),
    store: planting((honest) => ({
      maintain: (labourers) => honest.maintain(labourers, new Map(labourers.map((each) => [each, { completed: { age: 5_000 } }]))),
    })),
  },
  {
    name: 'counts ended tasks of all states as one',
    breaks: ['keep'],
    within: 40,
    limits: true,
    adjust: all({ keep: { completed: { count: 2 }, others: { count: 2 } } }),
    store: planting((honest) => ({
      maintain: (labourers) => honest.maintain(labourers, new Map(labourers.map((each) => [each, { completed: { count: 2 } }]))),
    })),
  },
  {
    name: 'counts each end that it meets, one that it met before as well',
    breaks: ['batch'],
    within: 60,
    limits: true,
    adjust: ({ store, node }) => ({
      ...{ batches: 4, followed: 0, operations: 0, node: { ...node, crash: 10_000 } },
      store: { ...store, silenceBefore: 0, silenceAfter: 0, errorAfter: 0.3 },
    }),
    planted: { makeBook: (parts) => ({ close: (members) => tally(parts, members) }) },
  },
  {
    name: 'takes an end of a member out that it could not count',
    breaks: ['ends'],
    within: 20,
    limits: true,
    adjust: ({ store }) => ({ batches: 4, store: { ...store, errorBefore: 0.3 } }),
    planted: {
      makeBook: (parts) => {
        const book = new BatchBook(parts);
        return { close: (members, failed) => book.close(members, failed).catch(() => {}) };
      },
    },
  },
];

const NONE = { completed: 0, dead: 0, cancelled: 0, dropped: 0 };

/** How many have ended, and not which. */
const tally = async ({ register, store, chance }: BatchBookParts, members: Parameters<BatchBook['close']>[0]): Promise<void> => {
  for (const { end, member } of members) {
    for (let isWritten = false; !isWritten; ) {
      const [batch, known] = (await register.look([`batch:${member.id}`, `tally:${member.id}`])).entries;
      if (!batch) return;
      const { total, finalizer } = JSON.parse(batch.value) as { readonly total: number; readonly finalizer: { readonly labourer: string } };
      const counts = { ...NONE, ...(known && (JSON.parse(known.value) as typeof NONE)) };
      counts[end.state] += 1;
      const value = JSON.stringify(counts) as JsonText;
      const change = { name: `tally:${member.id}`, value, stamp: chance.id(), expected: known?.stamp ?? null };
      isWritten = (await register.change([change])).outcomes[0]?.kind === 'written';
      if (!isWritten || Object.values(counts).reduce((sum, each) => sum + each, 0) < total) continue;
      const payload = JSON.stringify({ batch: member.id, total, ...counts }) as JsonText;
      await store.enqueue([{ labourer: finalizer.labourer, id: `end-of-${member.id}`, payload }]);
    }
  }
};
