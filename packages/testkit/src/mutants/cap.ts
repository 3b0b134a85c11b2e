import type { ClaimRequest, Lease } from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { counter, kept, mutant, type StoreMutant, type TwistTools, turn } from './twist.ts';

/** The request that is made instead of the one asked for. */
const asking = (
  name: string,
  breaks: string,
  change: (request: ClaimRequest, honest: Store, tools: TwistTools) => Partial<ClaimRequest> | Promise<Partial<ClaimRequest>>,
): StoreMutant =>
  mutant(name, breaks, (honest, tools) => ({
    claim: async (request) => honest.claim({ ...request, ...(await change(request, honest, tools)) }),
  }));

const running = async (honest: Store, labourer: string): Promise<number> => (await honest.census([labourer]))[0]?.running ?? 0;

/** Takes places away from those that run, as a count that was kept wrong does. */
const miscounting = (name: string, breaks: string, count: (honest: Store, freed: { value: number }) => Partial<Store>): StoreMutant =>
  mutant(name, breaks, (honest, tools) => {
    const freed = counter(tools);
    return { claim: (request) => honest.claim({ ...request, cap: request.cap + freed.value }), ...count(honest, freed) };
  });

export const capMutants: readonly StoreMutant[] = [
  asking('ignores the cap', 'C2', () => ({ cap: Number.MAX_SAFE_INTEGER })),
  asking('allows one more than the cap', 'C2', ({ cap }) => ({ cap: cap + 1 })),
  asking('takes the cap for that of a call', 'C2', ({ cap, limit }) => ({ cap: Number.MAX_SAFE_INTEGER, limit: Math.min(cap, limit) })),
  asking('counts, then takes', 'C2', async ({ labourer, cap, limit }, honest) => {
    const room = cap - (await running(honest, labourer));
    await turn();
    return { cap: Number.MAX_SAFE_INTEGER, limit: Math.max(0, Math.min(limit, room)) };
  }),
  mutant('counts what this connection claimed', 'C2', (honest, { clock }) => {
    const own: Lease[] = [];
    return {
      claim: async (request) => {
        const records = await Promise.all(own.map((each) => honest.find(each)));
        const live = own.filter(({ labourer, token }, n) => {
          const record = records[n];
          return labourer === request.labourer && record?.state === 'running' && record.token === token && record.deadline > clock.now();
        });
        const limit = Math.max(0, Math.min(request.limit, request.cap - live.length));
        const answer = await honest.claim({ ...request, limit, cap: Number.MAX_SAFE_INTEGER });
        own.push(...answer.leases);
        return answer;
      },
    };
  }),
  miscounting('frees the place once more for a repeated verdict', 'C2', (honest, freed) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      freed.value += outcomes.filter((each) => each === 'repeated').length;
      return outcomes;
    },
  })),
  miscounting('frees a place for a stale verdict', 'C2', (honest, freed) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      freed.value += outcomes.filter((each) => each === 'stale').length;
      return outcomes;
    },
  })),
  miscounting('frees the place of an expired lease again when it is reaped', 'C2', (honest, freed) => ({
    reap: async (verdicts) => {
      const outcomes = await honest.reap(verdicts);
      freed.value += outcomes.filter((each) => each === 'applied').length;
      return outcomes;
    },
  })),
  mutant('ends what runs above a lowered cap', 'C2', (honest) => ({
    claim: async (request) => {
      const { tasks } = await honest.list({ labourer: request.labourer, state: 'running', limit: 1_000 });
      const surplus = tasks.slice(request.cap).flatMap((each) => (each.state === 'running' ? [each] : []));
      await honest.settle(surplus.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'released', after: 60_000 })));
      return honest.claim(request);
    },
  })),
  asking('leaves one place empty', 'C3', ({ cap }) => ({ cap: Math.max(0, cap - 1) })),
  asking('ignores the limit', 'C3', () => ({ limit: Number.MAX_SAFE_INTEGER })),
  asking('takes a hundred in a call at most', 'C3', ({ limit }) => ({ limit: Math.min(limit, 100) })),
  asking('takes a cap of 0 for none', 'C3', ({ cap }) => ({ cap: cap || Number.MAX_SAFE_INTEGER })),
  asking('takes a limit of 0 for none', 'C3', ({ limit }) => ({ limit: limit || Number.MAX_SAFE_INTEGER })),
  asking('keeps to the lowest cap it has seen', 'C3', ({ cap }, _, tools) => {
    const lowest = kept(tools, 'lowest', () => ({ cap }));
    lowest.cap = Math.min(lowest.cap, cap);
    return lowest;
  }),
  mutant('says that the next task is due later than it is', 'C3', (honest) => ({
    claim: async (request) => {
      const answer = await honest.claim(request);
      return answer.nextDueIn === undefined ? answer : { ...answer, nextDueIn: answer.nextDueIn + 1 };
    },
  })),
  asking('lets expired leases hold their places', 'C4', async ({ labourer, cap }, honest) => ({
    cap: cap - ((await honest.census([labourer]))[0]?.expired ?? 0),
  })),
  mutant('lets ended tasks hold their places up to the deadline', 'C4', (honest, tools) => {
    const ended = kept(tools, 'ended', () => [] as { labourer: string; deadline: number }[]);
    return {
      settle: async (verdicts) => {
        const before = await Promise.all(verdicts.map((each) => honest.find(each)));
        const outcomes = await honest.settle(verdicts);
        for (const [n, record] of before.entries()) if (outcomes[n] === 'applied' && record?.state === 'running') ended.push(record);
        return outcomes;
      },
      claim: (request) => {
        const holding = ended.filter(({ labourer, deadline }) => labourer === request.labourer && deadline > tools.clock.now());
        return honest.claim({ ...request, cap: request.cap - holding.length });
      },
    };
  }),
  mutant('claims expired tasks again before anybody reaped them', 'C4', (honest) => ({
    claim: async (request) => {
      const late = await honest.expired([request.labourer], request.limit);
      await honest.reap(late.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'retry', after: 0, error: 'expired' })));
      return honest.claim(request);
    },
  })),
  asking('has one cap for all labourers', 'C8', async ({ labourer, cap }, honest, tools) => {
    const names = kept(tools, 'labourers', () => new Set<string>()).add(labourer);
    const all = await honest.census([...names].filter((each) => each !== labourer));
    return { cap: cap - all.reduce((sum, each) => sum + each.running, 0) };
  }),
  mutant('frees a place only at the next claim', 'V7', (honest, tools) => {
    const freed = counter(tools);
    return {
      settle: async (verdicts) => {
        const outcomes = await honest.settle(verdicts);
        freed.value += outcomes.filter((each) => each === 'applied').length;
        return outcomes;
      },
      claim: (request) => {
        const late = freed.value;
        freed.value = 0;
        return honest.claim({ ...request, cap: request.cap - late });
      },
    };
  }),
];
