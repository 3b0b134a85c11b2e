/** What several mutants are made of. */
import type { AttemptRef, Lease, TaskKey } from '@reeve/core';
import { refOf } from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { kept, mutant, type StoreMutant, type TwistTools, tokenNow } from './twist.ts';

/** Which of these a store ended or gave away in spite of what it should have done, and what the claim answers without them. */
export const withoutSome =
  (honest: WholeStore, { clock }: TwistTools, isTaken: (lease: Lease) => boolean): WholeStore['claim'] =>
  async (request) => {
    const answer = await honest.claim(request);
    const gone = answer.leases.filter(isTaken);
    await honest.settle(gone.map((each) => ({ ...refOf(each), kind: 'dead', error: `at ${clock.now()}` })));
    const dropped = [...(answer.dropped ?? []), ...gone.map(({ labourer, id }) => ({ labourer, id }))];
    return { ...answer, leases: answer.leases.filter((each) => !gone.includes(each)), ...(dropped.length > 0 && { dropped }) };
  };

/** When the tasks were to run out of time, as they were enqueued. */
export const expiriesOf = (tools: TwistTools): Map<string, number> => kept(tools, 'expiries', () => new Map<string, number>());

/** A mutant that remembers when tasks were to run out of time, and drops leases of a kind that it should not. */
export const dropping = (name: string, breaks: string, isTaken: (lease: Lease, expiresAt: number, now: number) => boolean): StoreMutant =>
  mutant(name, breaks, (honest, tools) => {
    const expiries = expiriesOf(tools);
    const { clock } = tools;
    return {
      enqueue: (tasks) => {
        for (const { id, expiresAt } of tasks) if (expiresAt !== undefined && !expiries.has(id)) expiries.set(id, expiresAt);
        return honest.enqueue(tasks);
      },
      claim: withoutSome(honest, tools, (lease) => isTaken(lease, expiries.get(lease.id) ?? Number.POSITIVE_INFINITY, clock.now())),
    };
  });

/** The attempt that runs a task now. */
export const attemptOf = async (honest: WholeStore, { labourer, id }: TaskKey): Promise<AttemptRef | undefined> => {
  const token = await tokenNow(honest, { labourer, id });
  return token === undefined ? undefined : { labourer, id, token };
};
