import { PrometheusSource } from '@reeve/ecology-prometheus';
import { startPrometheus } from '@reeve/test-servers';
import { expect, onTestFinished, test } from 'vitest';

test('a Prometheus that stands still is waited for no longer than said, and read as before once it goes on', async () => {
  const server = await startPrometheus();
  onTestFinished(() => server.stop());
  const source = new PrometheusSource({ url: server.url, requestTimeout: 1_000 });
  const read = async () => (await source.read(['1 + 1', '2 + 2'], new AbortController().signal)).map(({ kind }) => kind);
  expect(await read()).toEqual(['value', 'value']);
  server.freeze?.();
  // It is told to, and stands still a moment later.
  await expect.poll(read, { timeout: 20_000 }).toEqual(['failed', 'failed']);
  server.thaw?.();
  await expect.poll(read, { timeout: 20_000 }).toEqual(['value', 'value']);
}, 180_000);
