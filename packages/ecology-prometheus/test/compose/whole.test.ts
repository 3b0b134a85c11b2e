import { createReeve, inProcessInvoker, memoryStore } from '@reeve/core';
import { prometheusEcology } from '@reeve/ecology-prometheus';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { onePrometheus } from '../support/prometheus.ts';
import { remoteWrite } from '../support/remote-write.ts';

const prometheus = onePrometheus();

test('labourers follow a real Prometheus, share what they read, and say why', async () => {
  const gateway = await startGateway(prometheus.url);
  onTestFinished(() => gateway.close());
  const at = Date.now() - 30_000;
  await remoteWrite(prometheus.url, [{ name: 'queue_depth', labels: { queue: 'orders' }, value: 40, at }]);
  const depth = {
    source: 'prometheus',
    query: 'queue_depth{queue="orders"}',
    levels: { High: '<= 25', Good: '<= 50' },
    staleAfter: 60_000,
  };
  const old = { ...depth, staleAfter: 20_000, every: 20_000 };
  const labourer = (metric: typeof depth) => ({
    maxSimultaneousInvocations: 10,
    health: { metrics: { depth: metric }, onMissing: 'Moderate' as const },
  });
  const reeve = createReeve({
    labourers: { a: labourer(depth), b: labourer(depth), stale: labourer(old), free: { maxSimultaneousInvocations: 10 } },
    use: [
      memoryStore(),
      inProcessInvoker({ handlers: { a: () => {}, b: () => {}, stale: () => {}, free: () => {} } }),
      prometheusEcology({ url: gateway.url }),
    ],
  });
  onTestFinished(() => reeve.close());
  expect((await reeve.tick()).labourers.map(({ cap }) => cap)).toEqual([7, 7, 5, 10]);
  expect(gateway.requests).toBe(1);
  const { why, readings } = await reeve.explain('a');
  expect(why).toBe('depth 40 > 25');
  expect(readings[0]).toMatchObject({ value: 40, observedAt: at });
});
