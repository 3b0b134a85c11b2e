import { expect, test } from 'vitest';
import { CPU, MINUTE, MINUTE_BEGAN, NOW, openRig } from '../support/rig.ts';

test('it asks for a quarter of an hour up to now, the newest first, from a whole period on', async () => {
  const { endpoint, read } = await openRig();
  await read(CPU);
  expect(endpoint.calls[0]).toMatchObject({ start: MINUTE_BEGAN - 15 * MINUTE, end: NOW });
});

test('a call that serves a longer period begins with one', async () => {
  const { endpoint, read } = await openRig();
  await read(CPU, { ...CPU, period: 3_600 });
  const [call] = endpoint.calls;
  expect(call!.start % 3_600_000).toBe(0);
  expect(NOW - call!.start).toBeGreaterThanOrEqual(3 * 3_600_000);
  expect(endpoint.calls).toHaveLength(1);
});

test('what is published late or seldom is found as far back as asked', async () => {
  const { endpoint, read } = await openRig();
  endpoint.put(CPU, 5, MINUTE_BEGAN - 40 * MINUTE);
  expect(await read(CPU, { ...CPU, lookBack: 3_600 })).toEqual([
    { kind: 'none' },
    { kind: 'value', value: 5, at: MINUTE_BEGAN - 39 * MINUTE },
  ]);
});

test('a second of a fine metric is over a second later', async () => {
  const { endpoint, read } = await openRig();
  endpoint.put(CPU, 3, NOW - 1_500);
  endpoint.put(CPU, 4, NOW - 500);
  endpoint.put(CPU, 5, NOW);
  expect(await read({ ...CPU, period: 1 })).toEqual([{ kind: 'value', value: 4, at: NOW }]);
});

test('a hundred labourers with three metrics each cost one call, and ask for each metric once', async () => {
  const { endpoint, read } = await openRig();
  const metrics = Array.from({ length: 300 }, (_, n) => ({ namespace: 'Many', metric: `M${n}` }));
  for (const [n, metric] of metrics.entries()) endpoint.put(metric, n, MINUTE_BEGAN - 1);
  // Half of them are shared by two labourers.
  const samples = await read(...metrics, ...metrics.slice(0, 150));
  expect(samples.map((each) => (each.kind === 'value' ? each.value : each.kind))).toEqual([
    ...metrics.keys(),
    ...metrics.slice(0, 150).keys(),
  ]);
  expect(endpoint.calls.map(({ queries }) => queries.length)).toEqual([300]);
});
