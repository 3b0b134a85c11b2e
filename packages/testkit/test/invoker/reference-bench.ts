import { type Delivery, type Invoker, isJsonText, type Labourer, type Lease } from '@reeve/core';
import type { Arrival, InvokerBench } from '@reeve/testkit';
import { gate } from './gate.ts';
import { labourerOf } from './labourers.ts';

type Work = (arrival: Arrival) => void;

/** The smallest invoker that keeps all promises: messages as texts over a wire that is a Map. What the mutants are made from. */
export const referenceBench = async (): Promise<InvokerBench> => {
  const workers = new Map<string, Work>();
  const gates = new Map<string, ReturnType<typeof gate>>();
  const employed = (id: string, target: string, work: Work): Labourer => {
    workers.set(target, work);
    return labourerOf(id, target);
  };
  const invoker: Invoker = {
    check: ({ id, target }) => (target.includes(' ') ? [{ path: `labourers.${id}.target`, problem: 'has a space' }] : []),
    invoke: async ({ target }, lease): Promise<Delivery> => {
      if (!isJsonText(lease.payload)) return { kind: 'finished', report: { kind: 'failed', error: 'not JSON', retryable: false } };
      if (target.startsWith('throttled')) return { kind: 'refused', reason: 'throttled', retryAfter: 1_000 };
      await gates.get(target)?.pass();
      if (target !== 'lost-before') deliver(JSON.stringify(lease), lease.payload, workers.get(target)!);
      if (target.startsWith('lost')) throw new Error('no answer');
      return { kind: 'accepted' };
    },
  };
  const deliver = (facts: string, payload: string, work: Work): void => {
    const { id, token, attempt } = JSON.parse(facts) as Lease;
    work({ id, token, attempt, payload });
  };
  return {
    invoker,
    employ: (id, work) => employed(id, id, work),
    hold: (id) => {
      const { pass, reached, release } = gate();
      gates.set(id, { pass, reached, release });
      return { labourer: employed(id, id, () => {}), reached, release };
    },
    refusing: (work) => [employed('throttled', 'throttled', work)],
    losing: (work) => ['lost-before', 'lost-after'].map((id) => employed(id, id, work)),
    bad: () => [labourerOf('spaced', 'a b')],
    settled: async () => {},
    close: async () => {},
    numbers: 'digits',
    reserved: [],
    plainPayloads: 'as-they-are',
  };
};
