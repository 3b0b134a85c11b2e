import type { JsonText, Outcome, Verdict } from '@reeve/core';
import { refOf } from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { kept, mutant, type StoreMutant, tokenNow, turn, unfenced } from './twist.ts';

/** Verdicts that are taken for others. */
const taking = (name: string, breaks: string, change: (verdict: Verdict) => Verdict): StoreMutant =>
  mutant(name, breaks, (honest) => ({ settle: (verdicts) => honest.settle(verdicts.map(change)) }));

/** Outcomes that are told as others. */
const telling = (
  name: string,
  breaks: string,
  change: (outcome: Outcome, verdict: Verdict, honest: Store) => Outcome | Promise<Outcome>,
): StoreMutant =>
  mutant(name, breaks, (honest) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      return Promise.all(outcomes.map(async (each, n) => change(each, verdicts[n] as Verdict, honest)));
    },
  }));

const reparsed = (text: JsonText): JsonText => JSON.stringify(JSON.parse(text)) as JsonText;

export const settleMutants: readonly StoreMutant[] = [
  mutant('compares no token', 'V1', (honest) => ({
    settle: async (verdicts) => honest.settle(await Promise.all(verdicts.map((each) => unfenced(honest, each)))),
  })),
  mutant('compares no labourer', 'V1', (honest, tools) => {
    const homes = kept(tools, 'homes', () => new Map<string, string>());
    return {
      enqueue: async (tasks) => {
        for (const { id, labourer } of tasks) if (!homes.has(id)) homes.set(id, labourer);
        return honest.enqueue(tasks);
      },
      settle: (verdicts) => honest.settle(verdicts.map((each) => ({ ...each, labourer: homes.get(each.id) ?? each.labourer }))),
    };
  }),
  taking('compares tokens without case or blanks', 'V1', (verdict) => ({ ...verdict, token: verdict.token.trim().toLowerCase() })),
  mutant('takes no verdict after the deadline', 'V1', (honest, { clock }) => ({
    settle: async (verdicts) => {
      const records = await Promise.all(verdicts.map((each) => honest.find(each)));
      const late = records.map((each) => each?.state === 'running' && each.deadline <= clock.now());
      return honest.settle(verdicts.map((each, n) => (late[n] ? { ...each, token: '' } : each)));
    },
  })),
  mutant('writes a row for a task that never was', 'V1', (honest) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      await honest.enqueue(verdicts.map((each) => ({ ...each, payload: 'null' as JsonText, due: Number.MAX_SAFE_INTEGER })));
      return outcomes;
    },
  })),
  telling('calls a repetition applied', 'V2', (outcome) => (outcome === 'repeated' ? 'applied' : outcome)),
  telling('calls a repetition stale', 'V2', (outcome) => (outcome === 'repeated' ? 'stale' : outcome)),
  telling('calls any later word of an attempt repeated', 'V2', async (outcome, verdict, honest) => {
    const record = outcome === 'stale' ? await honest.find(verdict) : undefined;
    return record && record.state !== 'running' ? 'repeated' : outcome;
  }),
  mutant('looks, then writes the verdict', 'V2', (honest) => ({
    settle: async (verdicts) => {
      const tokens = await Promise.all(verdicts.map((each) => tokenNow(honest, each)));
      await turn();
      const outcomes = await honest.settle(verdicts);
      return outcomes.map((each, n) => (tokens[n] === verdicts[n]?.token ? 'applied' : each));
    },
  })),
  mutant('lets the last word win', 'V2', (honest, tools) => {
    const results = kept(tools, 'results', () => new Map<string, JsonText | undefined>());
    return {
      settle: async (verdicts) => {
        const outcomes = await honest.settle(verdicts);
        for (const [n, verdict] of verdicts.entries()) {
          if (outcomes[n] === 'repeated' && verdict.kind === 'completed') results.set(verdict.id, verdict.result);
        }
        return outcomes;
      },
      find: async (key) => {
        const record = await honest.find(key);
        const result = results.get(key.id);
        return record?.state === 'completed' && result !== undefined ? { ...record, result } : record;
      },
    };
  }),
  taking('parses results and writes them anew', 'V3', (verdict) =>
    verdict.kind === 'completed' && verdict.result !== undefined ? { ...verdict, result: reparsed(verdict.result) } : verdict,
  ),
  taking('parses statistics and writes them anew', 'V3', (verdict) =>
    verdict.kind === 'completed' && verdict.stats !== undefined ? { ...verdict, stats: reparsed(verdict.stats) } : verdict,
  ),
  taking('forgets the statistics', 'V3', (verdict) =>
    verdict.kind === 'completed'
      ? { ...refOf(verdict), kind: 'completed', ...(verdict.result !== undefined && { result: verdict.result }) }
      : verdict,
  ),
  taking('gives the attempt of a retry back', 'V4', (verdict) =>
    verdict.kind === 'retry' ? { ...refOf(verdict), kind: 'released', after: verdict.after } : verdict,
  ),
  taking('forgets the error of a retry', 'V4', (verdict) => (verdict.kind === 'retry' ? { ...verdict, error: '' } : verdict)),
  taking('cuts an error at 255 characters', 'V4', (verdict) =>
    'error' in verdict ? { ...verdict, error: verdict.error.slice(0, 255) } : verdict,
  ),
  taking('retries without the wait', 'V4', (verdict) => (verdict.kind === 'retry' ? { ...verdict, after: 0 } : verdict)),
  taking('retries a dead task', 'V5', (verdict) => (verdict.kind === 'dead' ? { ...verdict, kind: 'retry', after: 60_000 } : verdict)),
  taking('buries a task without its error', 'V5', (verdict) => (verdict.kind === 'dead' ? { ...verdict, error: '' } : verdict)),
  taking('counts a released attempt', 'V6', (verdict) =>
    verdict.kind === 'released' ? { ...refOf(verdict), kind: 'retry', after: verdict.after ?? 0, error: 'released' } : verdict,
  ),
  taking('releases without the wait', 'V6', (verdict) => (verdict.kind === 'released' ? { ...refOf(verdict), kind: 'released' } : verdict)),
  mutant('gives all attempts back with a release', 'V6', (honest) => ({
    claim: async (request) => {
      const answer = await honest.claim(request);
      const records = await Promise.all(answer.leases.map((each) => honest.find(each)));
      const started = (n: number): boolean => records[n]?.state === 'running' && records[n].lastError !== undefined;
      return { ...answer, leases: answer.leases.map((each, n) => (started(n) ? { ...each, attempt: 1 } : each)) };
    },
  })),
  mutant('stops at the first verdict that is stale', 'V8', (honest) => ({
    settle: async (verdicts) => {
      const outcomes: Outcome[] = [];
      for (const each of verdicts) outcomes.push(...(outcomes.includes('stale') ? ['stale' as const] : await honest.settle([each])));
      return outcomes;
    },
  })),
  mutant('leaves the stale ones out of its answer', 'V8', (honest) => ({
    settle: async (verdicts) => (await honest.settle(verdicts)).filter((each) => each !== 'stale'),
  })),
  mutant('answers by kind, not in the order of the call', 'V8', (honest) => ({
    settle: async (verdicts) => honest.settle([...verdicts].sort((a, b) => (a.kind < b.kind ? -1 : 1))),
  })),
  mutant('settles a hundred in a call at most', 'V8', (honest) => ({
    settle: async (verdicts) => [...(await honest.settle(verdicts.slice(0, 100))), ...verdicts.slice(100).map((): Outcome => 'stale')],
  })),
  mutant('claims before it settles', 'X1', (honest) => ({
    exchange: async (verdicts, request) => {
      const answer = await honest.claim(request);
      return { ...answer, outcomes: await honest.settle(verdicts) };
    },
  })),
  mutant('passes on a place for every verdict, stale ones too', 'X1', (honest) => ({
    exchange: async (verdicts, request) => {
      const outcomes = await honest.settle(verdicts);
      const stale = outcomes.filter((each) => each !== 'applied').length;
      return { outcomes, ...(await honest.claim({ ...request, cap: request.cap + stale })) };
    },
  })),
  mutant('settles only verdicts of the labourer it claims for', 'X1', (honest) => ({
    exchange: async (verdicts, request) => {
      const outcomes = await honest.settle(verdicts.map((each) => (each.labourer === request.labourer ? each : { ...each, token: '' })));
      return { outcomes, ...(await honest.claim(request)) };
    },
  })),
];
