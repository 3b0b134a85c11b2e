import assert from 'node:assert/strict';
import type { Arrival, InvokerBench } from './bench.ts';
import { keepingDigits, withoutMembers } from './digits.ts';
import { BROKEN, contextOf, HOSTILE, leaseOf, PAYLOADS } from './samples.ts';
import type { InvokerCase } from './test-invoker.ts';

/** What the worker ought to read, given what was enqueued. */
const expected = ({ reserved, plainPayloads }: InvokerBench, payload: string): string => {
  const isObject = payload.trim().startsWith('{');
  if (isObject) return withoutMembers(payload, reserved);
  return plainPayloads === 'wrapped' ? `{"payload": ${payload}}` : payload;
};

const read = ({ numbers }: InvokerBench, text: string): unknown =>
  numbers === 'digits' ? keepingDigits(text) : JSON.parse(JSON.stringify(JSON.parse(text)));

/** Sends one payload and answers what arrived. */
const send = async (bench: InvokerBench, labourerId: string, payload: string): Promise<readonly Arrival[]> => {
  const arrived: Arrival[] = [];
  const labourer = bench.employ(labourerId, (arrival) => arrived.push(arrival));
  await bench.invoker.invoke(labourer, leaseOf(labourer, 'own', payload, 2), contextOf());
  await bench.settled();
  return arrived;
};

const unchanged = (name: string, payload: string, index: number): InvokerCase => ({
  name: `I3 a payload arrives as it was: ${name}`,
  run: async (bench) => {
    const [arrival] = await send(bench, `payload-${index}`, payload);
    assert.ok(arrival, 'nothing arrived');
    assert.deepEqual(read(bench, arrival.payload), read(bench, expected(bench, payload)));
  },
});

const harmless = (name: string, payload: string, index: number): InvokerCase => ({
  name: `I3 a payload cannot pass for the attempt: ${name}`,
  run: async (bench) => {
    const [arrival] = await send(bench, `hostile-${index}`, payload);
    assert.ok(arrival, 'nothing arrived');
    const { id, token = 'token-of-own-2', attempt = 2 } = arrival;
    assert.deepEqual({ id, token, attempt }, { id: 'own', token: 'token-of-own-2', attempt: 2 });
    assert.deepEqual(read(bench, arrival.payload), read(bench, expected(bench, payload)));
  },
});

export const payloadCases: readonly InvokerCase[] = [
  ...PAYLOADS.map(([name, payload], index) => unchanged(name, payload, index)),
  ...HOSTILE.map(([name, payload], index) => harmless(name, payload, index)),
  {
    name: 'I3 a payload that is not JSON breaks no message open',
    run: async (bench) => {
      const arrived: Arrival[] = [];
      const labourer = bench.employ('broken', (arrival) => arrived.push(arrival));
      for (const payload of BROKEN) {
        const delivery = await bench.invoker.invoke(labourer, leaseOf(labourer, 'own', payload), contextOf());
        // To refuse it would hold up the labourer for the sake of one task that can never run.
        assert.ok(
          delivery.kind === 'finished' && delivery.report.kind === 'failed' && delivery.report.retryable === false,
          `it was ${delivery.kind}`,
        );
      }
      await bench.settled();
      assert.deepEqual(arrived, []);
    },
  },
];
