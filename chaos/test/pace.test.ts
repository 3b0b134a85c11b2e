import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Pace } from '../src/pace.ts';

it('goes with the time', async () => {
  const pace = new Pace();
  const since = performance.now();
  await pace.until(60);
  expect(pace.now()).toBeGreaterThanOrEqual(60);
  expect(performance.now() - since).toBeGreaterThanOrEqual(59);
});

it('stands still while the process has no turn, and says so', () => {
  const pace = new Pace();
  const until = performance.now() + 600;
  while (performance.now() < until); // as a process that is stopped
  expect(pace.now()).toBe(250);
  expect(pace.lags).toHaveLength(1);
});

it('is over at once when the time has come', async () => {
  const pace = new Pace();
  await sleep(5);
  await pace.until(1);
  expect(pace.lags).toEqual([]);
});
