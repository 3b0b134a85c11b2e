import { InProcessInvoker, type Labourer, type TaskContext } from '@reeve/core';
import { type Arrival, type InvokerBench, testInvoker } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { gate } from './gate.ts';
import { labourerOf } from './labourers.ts';

/** Handlers are looked up by labourer, so all that the kit may ask for are there from the start, and find their work later. */
const open = async (): Promise<InvokerBench> => {
  const works = new Map<string, (arrival: Arrival) => unknown>();
  const handlers = {} as Record<string, (payload: unknown, context: TaskContext) => unknown>;
  const NAMES = ['plain', 'again', 'left', 'right', 'ids', 'late', 'sound', 'good', 'broken', 'free', 'many', 'held'];
  const numbered = Array.from({ length: 20 }, (_, n) => [`payload-${n}`, `hostile-${n}`]).flat();
  for (const name of [...NAMES, ...numbered]) {
    handlers[name] = (payload, { id, attempt }) => works.get(name)?.({ id, attempt, payload: JSON.stringify(payload) });
  }
  const employ = (id: string, work: (arrival: Arrival) => unknown): Labourer => {
    works.set(id, work);
    return labourerOf(id);
  };
  return {
    invoker: new InProcessInvoker({ handlers }),
    employ,
    hold: (id) => {
      const { pass, reached, release } = gate();
      return { labourer: employ(id, pass), reached, release };
    },
    refusing: () => [labourerOf('nobody')],
    losing: () => [],
    bad: () => [labourerOf('nobody')],
    settled: async () => {},
    close: async () => {},
    numbers: 'doubles',
    reserved: [],
    plainPayloads: 'as-they-are',
  };
};

testInvoker({ describe, it }, 'InProcessInvoker', open);
