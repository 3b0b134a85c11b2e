import assert from 'node:assert/strict';
import { Clock, createReeve, inProcessInvoker, memoryStore } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { it } from 'vitest';
import { settle } from '../run/rig.ts';

it('a labourer whose attempts fail is held back, and comes back when they do not', async () => {
  const clock = new ManualClock();
  let isDown = true;
  const reeve = createReeve({
    labourers: {
      charge: {
        maxSimultaneousInvocations: 20,
        maxAttempts: 1,
        health: { outcomes: { failureRatio: { levels: { High: '<= 0.05', Moderate: '<= 0.5' } } }, coefficients: { Bad: 0.05 } },
      },
    },
    use: [
      memoryStore(),
      new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock)),
      inProcessInvoker({
        handlers: {
          charge: () => {
            if (isDown) throw new Error('the provider is down');
          },
        },
      }),
    ],
  });
  const caps: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    isDown = n < 12;
    await reeve.enqueueMany(
      'charge',
      Array.from({ length: 20 }, (_, m) => ({ payload: m })),
    );
    const tick = reeve.tick();
    await settle();
    const [report] = (await tick).labourers;
    caps.push(report?.cap ?? -1);
    await clock.advance(5_000);
  }
  assert.equal(caps[0], 20, 'nothing is known yet');
  assert.equal(caps[8], 1, 'all fail');
  assert.equal(caps.at(-1), 20, 'none does any more');
  const { readings } = await reeve.explain('charge');
  assert.match(readings[0]?.reason ?? '', /^failureRatio 0 <= 0\.05$/);
  await reeve.close();
});
