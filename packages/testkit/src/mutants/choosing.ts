import type { KeyRoom, Lease, TaskRecord } from '@reeve/core';
import { refOf } from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { kept, mutant, type StoreMutant, type Twist, type TwistTools, turn } from './twist.ts';

/** What a claim by keys chooses from, in the order of C6. */
export interface Choosable {
  readonly key: string | undefined;
  readonly priority: number;
  readonly lease: Lease;
}

export interface Situation {
  /** In the order of C6. */
  readonly due: readonly Choosable[];
  /** How many of each key run. */
  readonly running: ReadonlyMap<string | undefined, number>;
  readonly room: number;
  /** Infinity: as many as there are. */
  readonly perKey: number;
  /** As the claim has it. */
  readonly keyRoom: KeyRoom | undefined;
}

export type Choose = (situation: Situation) => readonly Choosable[];

/** How many of a key there is room for. */
export const roomFor = (key: string, keyRoom: KeyRoom | undefined): number =>
  keyRoom ? (keyRoom.of.get(key) ?? keyRoom.others) : Number.POSITIVE_INFINITY;

const withKey = (list: readonly Choosable[], key: string | undefined): number => list.filter((each) => each.key === key).length;

/** The right way, in which one thing can be made wrong: how many of a key run, how many more may, and which of those that may run is next. */
export const inTurns = (
  { due, running, room, perKey, keyRoom }: Situation,
  over: {
    readonly runs?: (key: string | undefined, taken: readonly Choosable[]) => number;
    readonly isFree?: (key: string | undefined, runs: number, taken: readonly Choosable[]) => boolean;
    /** Of two that may run and stand in the order of C6: negative if the first is to go first. */
    readonly compare?: (a: Choosable, b: Choosable) => number;
  } = {},
): readonly Choosable[] => {
  const taken: Choosable[] = [];
  const runsBefore = (key: string | undefined): number => (running.get(key) ?? 0) + withKey(taken, key);
  const runs = over.runs ? (key: string | undefined): number => over.runs?.(key, taken) ?? 0 : runsBefore;
  const isFree = over.isFree ?? ((key, count) => key === undefined || (count < perKey && withKey(taken, key) < roomFor(key, keyRoom)));
  const compare = over.compare ?? (() => 0);
  while (taken.length < room) {
    const heads = new Map<string | undefined, Choosable>();
    for (const each of due) if (!taken.includes(each) && !heads.has(each.key)) heads.set(each.key, each);
    const free = [...heads.values()].filter(({ key }) => isFree(key, runsBefore(key), taken));
    const [next] = free.sort((a, b) => compare(a, b) || runs(a.key) - runs(b.key) || due.indexOf(a) - due.indexOf(b));
    if (!next) break;
    taken.push(next);
  }
  return taken;
};

interface ChoosingOptions {
  readonly twist?: Twist;
  /** Others come between the count and the claim. */
  readonly isLate?: boolean;
  /** Expired leases are counted. */
  readonly withExpired?: boolean;
}

/** Of each key, how many more of it seem to run than do. */
export const places = (tools: TwistTools): Map<string, number> => kept(tools, 'places', () => new Map<string, number>());

/** Every task in a state, in the order of the list. */
export const everyOne = async (honest: WholeStore, labourer: string, state: TaskRecord['state']): Promise<readonly TaskRecord[]> =>
  (await honest.list({ labourer, state, limit: 1_000_000 })).tasks;

/**
 * Chooses in a way of its own where a claim asks for keys: it counts what runs, claims everything that is due, picks, and gives the rest
 * back. Tasks that are given back keep the order they had.
 */
export const choosing = (
  name: string,
  breaks: string,
  choose: Choose,
  { twist = () => ({}), isLate = false, withExpired = false }: ChoosingOptions = {},
): StoreMutant => {
  const { open, ...rest } = mutant(name, breaks, (honest, tools) => {
    const seqs = kept(tools, 'seqs', () => new Map<string, number>());
    const backs = kept(tools, 'backs', () => new Set<string>());
    const twisted = { ...honest, ...twist(honest, tools) };
    const count = async (labourer: string): Promise<ReadonlyMap<string | undefined, number>> => {
      const counts = new Map<string | undefined, number>(places(tools));
      for (const each of await everyOne(honest, labourer, 'running'))
        if (each.state === 'running' && (withExpired || each.deadline > tools.clock.now()))
          counts.set(each.key, (counts.get(each.key) ?? 0) + 1);
      return counts;
    };
    return {
      ...twisted,
      enqueue: (tasks) => {
        for (const { id } of tasks) if (!seqs.has(id)) seqs.set(id, seqs.size);
        return twisted.enqueue(tasks);
      },
      settle: (verdicts) => {
        for (const { id, kind } of verdicts) if (kind === 'retry' || kind === 'released') backs.add(id);
        return twisted.settle(verdicts);
      },
      claim: async ({ perKey = Number.POSITIVE_INFINITY, room: keyRoom, ...request }) => {
        if (perKey === Number.POSITIVE_INFINITY && !keyRoom) return honest.claim(request);
        const running = await count(request.labourer);
        const [census] = await honest.census([request.labourer]);
        if (isLate) await turn();
        const records = new Map((await everyOne(honest, request.labourer, 'queued')).map((each) => [each.id, each]));
        const { leases, ...answer } = await honest.claim({ ...request, cap: 1_000_000, limit: 1_000_000 });
        const due = leases.map((lease): Choosable => {
          const record = records.get(lease.id);
          return { lease, key: record?.key, priority: record?.priority ?? 0 };
        });
        const back = ({ lease }: Choosable): number => (backs.has(lease.id) ? 0 : 1);
        const seq = ({ lease }: Choosable): number => seqs.get(lease.id) ?? 0;
        due.sort((a, b) => b.priority - a.priority || back(a) - back(b) || a.lease.due - b.lease.due || seq(a) - seq(b));
        const room = Math.max(0, Math.min(request.limit, request.cap - (census?.running ?? 0)));
        const taken = choose({ due, running, room, perKey, keyRoom });
        const rest = due.filter((each) => !taken.includes(each));
        await honest.settle(rest.map(({ lease }) => ({ ...refOf(lease), kind: 'released' })));
        return { ...answer, leases: taken.map(({ lease }) => lease) };
      },
    };
  });
  // It looks at all there is for each that it takes.
  return { ...rest, open: async (options) => ({ ...(await open(options)), slow: true }) };
};
