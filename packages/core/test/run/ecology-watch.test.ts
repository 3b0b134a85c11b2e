import assert from 'node:assert/strict';
import { type EcologyProvider, Health, type Reading } from '@reeve/core';
import { describe, it } from 'vitest';
import { accepted, rig, settle } from './rig.ts';

const labourers = { a: { maxSimultaneousInvocations: 10 } };
const says = (health: Health, reason: string): Reading => ({ health, reason, observedAt: 0 });
const provider = (assess: () => Promise<Reading | undefined>): EcologyProvider => ({ assess });

const capOf = async (r: ReturnType<typeof rig>) => {
  const [report] = (await r.orchestrator.tick()).labourers;
  return report?.cap;
};

describe('the cap follows health', () => {
  it('the worst of several counts, and its reason is told', async () => {
    const r = rig({
      labourers,
      play: () => accepted,
      parts: { ecology: [provider(async () => says(Health.High, 'sqs fine')), provider(async () => says(Health.Bad, 'rds.cpu 99 > 90'))] },
    });
    assert.equal(await capOf(r), 0);
    assert.match(r.named('labourer.resized')[0]?.explanation ?? '', /10 -> 0, rds\.cpu 99 > 90/);
  });

  it('a provider that throws or has no data holds what was last seen', async () => {
    let answer: () => Promise<Reading | undefined> = async () => says(Health.Bad, 'down');
    const r = rig({ labourers, parts: { ecology: [provider(() => answer())] } });
    assert.equal(await capOf(r), 0);
    answer = async () => undefined;
    assert.equal(await capOf(r), 0, 'no data is no recovery');
    answer = async () => {
      throw new Error('no credentials');
    };
    assert.equal(await capOf(r), 0);
    assert.match(String(r.named('labourer.failed')[0]?.error), /no credentials/);
    answer = async () => says(Health.High, 'up');
    assert.equal(await capOf(r), 10);
  });

  it('or assumes the level that the labourer names', async () => {
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 10, health: { onMissing: 'Bad' } } },
      parts: { ecology: [provider(async () => undefined)] },
    });
    assert.equal(await capOf(r), 0);
  });

  it('a provider that hangs counts as one without data after its patience, and is told to stop', async () => {
    let stopped = false;
    const r = rig({
      labourers,
      parts: {
        ecology: [
          {
            assess: (_, signal) => {
              signal.addEventListener('abort', () => {
                stopped = true;
              });
              return new Promise(() => {});
            },
          },
        ],
      },
    });
    const tick = capOf(r);
    await settle();
    await r.clock.advance(5_000);
    assert.equal(await tick, 10);
    assert.equal(stopped, true);
  });
});
