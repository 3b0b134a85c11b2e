import { ManualClock, startLambdaEndpoint } from '@reeve/testkit';
import { expect, it } from 'vitest';
import { call } from './call.ts';

const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

it('runs a failing event twice more, after one and two minutes, and then forgets it', async () => {
  const clock = new ManualClock();
  const seen: (readonly [run: number, id: string])[] = [];
  const fails = (_: unknown, { run, awsRequestId }: { readonly run: number; readonly awsRequestId: string }) => {
    seen.push([run, awsRequestId]);
    throw new Error('no');
  };
  const endpoint = await startLambdaEndpoint({ functions: { fails }, clock });
  await call(endpoint, 'fails');
  await endpoint.settled();
  await clock.advance(59_999);
  await turns();
  expect(seen).toHaveLength(1);
  await clock.advance(1);
  await turns();
  expect(seen).toHaveLength(2);
  await clock.advance(120_000);
  await turns();
  await clock.advance(3_600_000);
  await turns();
  expect(seen.map(([run]) => run)).toEqual([1, 2, 3]);
  expect(new Set(seen.map(([, id]) => id)).size).toBe(1);
  expect(endpoint.runs.every(({ error }) => error instanceof Error)).toBe(true);
  await endpoint.close();
});

it('forgets what waits when it is closed', async () => {
  const clock = new ManualClock();
  let runs = 0;
  const fails = () => {
    runs += 1;
    throw new Error('no');
  };
  const endpoint = await startLambdaEndpoint({ functions: { fails }, clock });
  await call(endpoint, 'fails');
  await endpoint.settled();
  await endpoint.close();
  await clock.advance(3_600_000);
  await turns();
  expect([runs, clock.sleeping]).toEqual([1, 0]);
});
