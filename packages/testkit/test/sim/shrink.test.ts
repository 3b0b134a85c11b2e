import assert from 'node:assert/strict';
import { canaries, huntCanary, type SimOptions, shrink } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';

const faultsOf = ({ store, invoker, node }: SimOptions): number => {
  const { delay: _, throttleFor: __, staleFor: ___, ...ofStore } = store;
  const { lateBy: ____, ...ofInvoker } = invoker;
  const { pauseFor: _____, ...ofNode } = node;
  return [ofStore, ofInvoker, ofNode].flatMap((faults) => Object.values(faults)).filter((rate) => rate > 0).length;
};

const nodesOf = ({ ticking, daemons, scavengers, producers, workers }: SimOptions): number =>
  ticking + daemons + scavengers + producers + workers;

describe('a failing run is made smaller', () => {
  it.each([
    'counts, then claims',
    'takes a verdict of whatever attempt',
    'takes an answer that was lost for a refusal, and queues the task again',
  ])('and fails in the same way: %s', async (name) => {
    const canary = canaries.find((each) => each.name === name);
    assert.ok(canary);
    const { caught } = await huntCanary(canary);
    assert.ok(caught);
    const { store, planted } = canary;
    const request = { seed: caught.seed, options: caught.options, ...(store && { store }), ...(planted && { planted }) };
    const shrunk = await shrink(request);
    assert.ok(shrunk);
    const { options, violations } = shrunk.report;
    expect(violations[0]?.rule).toBe(caught.violations[0]?.rule);
    expect(faultsOf(options)).toBeLessThan(faultsOf(caught.options));
    expect(options.tasks + nodesOf(options)).toBeLessThan(caught.options.tasks + nodesOf(caught.options));
  });

  it('only if it fails', async () => {
    expect(await shrink({ seed: 1 })).toBe(undefined);
  });
});
