import { expect, test } from 'vitest';
import { startPrometheus } from '../src/index.ts';

test('a Prometheus starts, answers, stops, and stops again', async () => {
  const server = await startPrometheus();
  const answer = await fetch(`${server.url}/api/v1/query?query=1%2B1`);
  expect(await answer.json()).toMatchObject({ status: 'success', data: { resultType: 'scalar', result: [expect.any(Number), '2'] } });
  await server.stop();
  await server.stop();
  await expect(fetch(server.url)).rejects.toThrow(/fetch failed/);
}, 180_000);

test('a Prometheus that does not start says what it printed', async () => {
  await expect(startPrometheus({ args: ['--no-such-option'] })).rejects.toThrow(/prometheus did not start.*no-such-option/s);
}, 180_000);
