import assert from 'node:assert/strict';
import type { Arrival } from './bench.ts';
import { CANARY, contextOf, leaseOf } from './samples.ts';
import type { InvokerCase } from './test-invoker.ts';

const SECRET = `{"secret": "${CANARY}"}`;

export const refusedCases: readonly InvokerCase[] = [
  {
    name: 'I2 what is refused says why, and never arrives',
    run: async (bench) => {
      const arrived: Arrival[] = [];
      const labourers = bench.refusing((arrival) => arrived.push(arrival));
      assert.ok(labourers.length > 0, 'the bench names no labourer that is refused');
      for (const labourer of labourers) {
        const delivery = await bench.invoker.invoke(labourer, leaseOf(labourer, 'refused', SECRET), contextOf());
        assert.equal(delivery.kind, 'refused');
        if (delivery.kind !== 'refused') return;
        assert.ok(delivery.reason.length > 0, 'there is no reason');
        assert.ok(!delivery.reason.includes(CANARY), 'the reason quotes the payload');
        const { retryAfter = 1 } = delivery;
        assert.ok(Number.isFinite(retryAfter) && retryAfter > 0, `retryAfter is ${retryAfter}`);
      }
      await bench.settled();
      assert.deepEqual(arrived, []);
    },
  },
  {
    name: 'I2 an attempt whose time was up before it began is not refused and then started',
    run: async (bench) => {
      const arrived: Arrival[] = [];
      const labourer = bench.employ('late', (arrival) => arrived.push(arrival));
      const outcome = await bench.invoker
        .invoke(labourer, leaseOf(labourer, 'late', '{}'), contextOf(AbortSignal.abort()))
        .catch(() => 'unknown' as const);
      await bench.settled();
      if (outcome !== 'unknown' && outcome.kind === 'refused') assert.deepEqual(arrived, []);
    },
  },
  {
    name: 'I2 where nobody knows whether it arrived, it throws, and quotes no payload',
    run: async (bench) => {
      for (const labourer of bench.losing(() => {})) {
        const outcome = await bench.invoker.invoke(labourer, leaseOf(labourer, 'lost', SECRET), contextOf()).then(
          ({ kind }) => kind,
          (error: unknown) => (error instanceof Error ? error : 'something else than an error was thrown'),
        );
        assert.ok(outcome instanceof Error, `${labourer.id}: ${String(outcome)}`);
        assert.ok(!outcome.message.includes(CANARY), 'the error quotes the payload');
      }
    },
  },
  {
    name: 'I1 it works again after a refusal and after a lost answer',
    run: async (bench) => {
      const arrived: string[] = [];
      const labourer = bench.employ('sound', ({ id }) => arrived.push(id));
      for (const bad of [...bench.refusing(() => {}), ...bench.losing(() => {})]) {
        await bench.invoker.invoke(bad, leaseOf(bad, 'bad', '{}'), contextOf()).catch(() => undefined);
      }
      await bench.invoker.invoke(labourer, leaseOf(labourer, 'good', '{}'), contextOf());
      await bench.settled();
      assert.deepEqual(new Set(arrived), new Set(['good']));
    },
  },
  {
    name: 'check finds bad targets, names the setting, and passes good ones',
    run: async ({ invoker, bad, employ }) => {
      assert.deepEqual(invoker.check?.(employ('good', () => {})) ?? [], []);
      for (const labourer of bad()) {
        const problems = invoker.check?.(labourer) ?? [];
        assert.ok(problems.length > 0, `${labourer.id} (${labourer.target}) passed`);
        for (const { path, problem } of problems) assert.ok(path.includes(labourer.id) && problem.length > 0, `${path}: ${problem}`);
      }
    },
  },
];
