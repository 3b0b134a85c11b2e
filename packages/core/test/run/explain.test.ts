import assert from 'node:assert/strict';
import { defineLabourers, type EcologyProvider, Health, type Labourer, type Reading, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { accepted, rig, settle } from './rig.ts';

const says = (health: Health, reason: string, over: Partial<Reading> = {}): Reading => ({ health, reason, observedAt: 0, ...over });

/** A provider of which a test changes what it says. */
const spoken = (first: Reading | readonly Reading[]) => {
  const voice = { answer: first as Reading | readonly Reading[] | undefined };
  const provider: EcologyProvider = { assess: async () => voice.answer };
  return { voice, provider };
};

describe('explain', () => {
  it('says what was read and when, what it came to, and since when', async () => {
    const { voice, provider } = spoken([]);
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 10 } }, parts: { ecology: [provider] } });
    const start = r.clock.now();
    voice.answer = [
      says(Health.High, 'sqs 3', { observedAt: start }),
      says(Health.Moderate, 'cpu 71 > 50', { of: 'cpu', value: 71, observedAt: start }),
    ];
    await r.clock.advance(5_000);
    await r.orchestrator.tick();
    await r.clock.advance(2_000);
    const { readings, recent, ...rest } = await r.orchestrator.explain('a');
    assert.deepEqual(rest, {
      labourer: 'a',
      most: 10,
      cap: 5,
      why: 'cpu 71 > 50',
      health: Health.Moderate,
      coefficient: 0.5,
      since: start + 5_000,
    });
    assert.deepEqual(
      readings.map(({ reason, age, value }) => [reason, age, value]),
      [
        ['cpu 71 > 50', 7_000, 71],
        ['sqs 3', 7_000, undefined],
      ],
    );
    voice.answer = says(Health.Bad, 'cpu 99 > 90', { observedAt: r.clock.now() });
    await r.orchestrator.tick();
    const later = await r.orchestrator.explain('a');
    assert.deepEqual([later.cap, later.since], [0, start + 7_000]);
    assert.deepEqual(
      [...recent, ...later.recent.slice(recent.length)].map(({ at, what }) => `${at - start} ${what}`),
      [
        '5000 a: health: Moderate, cpu 71 > 50',
        '5000 a: resize: 10 -> 5, cpu 71 > 50',
        '7000 a: health: Moderate -> Bad, cpu 99 > 90',
        '7000 a: resize: 5 -> 0, cpu 99 > 90',
      ],
    );
  });

  it('tells a change of health by the reading whose health it is, also where a limit decides about the cap', async () => {
    const { provider } = spoken([says(Health.High, 'vegas: 2 at once', { limit: 2 }), says(Health.Moderate, 'cpu 71 > 50')]);
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 10 } }, parts: { ecology: [provider] } });
    await r.orchestrator.tick();
    assert.deepEqual(
      (await r.orchestrator.explain('a')).recent.map(({ what }) => what),
      ['a: health: Moderate, cpu 71 > 50', 'a: resize: 10 -> 2, vegas: 2 at once'],
    );
  });

  it('looks by itself in a process that serves nobody, and again when that is long ago', async () => {
    const { voice, provider } = spoken(says(Health.Good, 'fine'));
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 4 } }, parts: { ecology: [provider] } });
    assert.equal((await r.orchestrator.explain('a')).cap, 3);
    voice.answer = undefined;
    await r.clock.advance(30_001);
    const { cap, readings } = await r.orchestrator.explain('a');
    assert.deepEqual([cap, readings[0]?.reason, readings[0]?.missing], [3, 'no data: held at fine', true]);
  });

  it('refuses a labourer that nobody defined', async () => {
    const r = rig();
    await assert.rejects(r.orchestrator.explain('nobody'), (error) => ReeveError.is(error, 'UNKNOWN_LABOURER'));
  });
});

describe('a dry run', () => {
  it('starts as many as before, and tells what it would have done', async () => {
    const { voice, provider } = spoken(says(Health.Moderate, 'cpu 71 > 50'));
    const labourers = { a: { maxSimultaneousInvocations: 2 } };
    const r = rig({
      labourers,
      play: () => accepted,
      parts: {
        ecology: [provider],
        labourers: defineLabourers(labourers).map((each) => ({ ...each, health: { ...each.health, dryRun: true } })),
      },
    });
    await r.enqueuer.enqueueMany('a', [{ payload: 1 }, { payload: 2 }]);
    const [report] = (await r.orchestrator.tick()).labourers;
    assert.deepEqual([report?.cap, report?.accepted, report?.why], [2, 2, 'dry run: cpu 71 > 50']);
    assert.equal((await r.orchestrator.explain('a')).wouldBe, 1);
    voice.answer = says(Health.High, 'cpu 10');
    await r.orchestrator.tick();
    assert.deepEqual(
      r.named('labourer.dryRun').map(({ from, to }) => [from, to]),
      [
        [undefined, 1],
        [1, 2],
      ],
    );
    assert.equal(r.named('labourer.resized').length, 0);
    assert.deepEqual(
      r.named('labourer.health').map(({ to }) => to),
      [Health.Moderate, Health.High],
    );
  });
});

describe('what one labourer depends on', () => {
  it('a provider that hangs for one is a matter of that one: the daemon sizes the others in time, every time', async () => {
    const asked: string[] = [];
    const provider: EcologyProvider = {
      assess: ({ id }: Labourer) => {
        asked.push(id);
        return id === 'hangs' ? new Promise(() => {}) : Promise.resolve(says(Health.High, 'well'));
      },
    };
    const cap = { maxSimultaneousInvocations: 1 };
    const r = rig({ labourers: { hangs: cap, well: cap }, parts: { ecology: [provider] } });
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal, assessEvery: 1_000 });
    await settle();
    await r.clock.advance(1_000);
    await r.clock.advance(1_000);
    await settle();
    assert.deepEqual(asked, ['hangs', 'well', 'well', 'well']);
    stop.abort();
    await settle();
    await r.clock.advance(60_000);
    await running;
  });

  it('a reading from the future counts as none', async () => {
    const { voice, provider } = spoken(says(Health.Bad, 'down'));
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 1 } }, parts: { ecology: [provider] } });
    await r.orchestrator.tick();
    voice.answer = says(Health.High, 'up', { observedAt: r.clock.now() + 3_600_000 });
    const [report] = (await r.orchestrator.tick()).labourers;
    assert.deepEqual([report?.cap, report?.why], [0, 'no data: held at down']);
  });
});
