import assert from 'node:assert/strict';
import { curve, type Downstream, type DownstreamModel, database, noisy, outage, quota, Stream, steady } from '@reeve/testkit';
import { describe, it } from 'vitest';

const made = (model: DownstreamModel): Downstream => model(new Stream(1, 'model'));
const load = (at: number, running: number, perSecond = 0) => ({ at, running, perSecond });

describe('a database', () => {
  it('lets those wait that are more than its capacity, in their order', () => {
    const { serve, metrics } = made(database({ capacity: 2 }));
    const took = [0, 1, 2, 3, 4].map((running) => serve(load(0, running), 100).took);
    assert.deepEqual(took, [100, 100, 200, 200, 300]);
    assert.deepEqual(metrics(load(50, 5)), { cpu: 100, connections: 5, waiting: 3 });
    assert.deepEqual(metrics(load(350, 0)), { cpu: 0, connections: 0, waiting: 0 });
  });

  it('stretches by the law of scalability', () => {
    const { serve } = made(database({ capacity: 100, contention: 0.01, coherency: 0.001 }));
    assert.equal(serve(load(0, 9), 1_000).took, 1_000 * (1 + 0.01 * 9 + 0.001 * 10 * 9));
  });

  it('is over its limit where an attempt takes more than twice as long as alone, and where it refuses', () => {
    const strain = (running: number, model: DownstreamModel): boolean => (made(model).strain(load(0, running)) ?? 0) > 1;
    assert.deepEqual(
      [20, 21].map((n) => strain(n, database({ capacity: 10 }))),
      [false, true],
    );
    assert.deepEqual(
      [12, 13].map((n) => strain(n, database({ capacity: 10, connections: 12 }))),
      [false, true],
    );
    // 1 + 0.1 (n - 1) is 2 at 11.
    assert.deepEqual(
      [11, 12].map((n) => strain(n, database({ capacity: 100, contention: 0.1 }))),
      [false, true],
    );
    assert.match(made(database({ capacity: 1, connections: 2 })).serve(load(0, 2), 100).failure?.error ?? '', /TooManyConnections/);
  });
});

describe('a quota', () => {
  it('answers with 429 once its tokens are used up, and is over its limit for a second then', () => {
    const { serve, strain } = made(quota({ perSecond: 2, retryAfter: 700 }));
    assert.deepEqual(
      [1, 2, 3].map(() => serve(load(0, 0), 100).failure?.retryAfter),
      [undefined, undefined, 700],
    );
    assert.ok((strain(load(999, 0, 1)) ?? 0) > 1);
    assert.equal(strain(load(1_000, 0, 1)), 0.5);
    assert.equal(serve(load(1_000, 0), 100).failure, undefined);
  });
});

describe('an outage', () => {
  it('fails everything, is weak then, and is as before in the end', () => {
    const model = outage(database({ capacity: 10 }), { from: 1_000, to: 2_000, recovery: 10_000 });
    const { serve, strain } = made(model);
    assert.deepEqual(serve(load(0, 0), 100), { took: 100 });
    assert.match(serve(load(1_500, 0), 100).failure?.error ?? '', /ConnectionRefused/);
    assert.equal(serve(load(7_000, 0), 100).took, 200);
    assert.equal(serve(load(12_000, 0), 100).took, 100);
    assert.deepEqual(
      [0, 1_500, 7_000, 12_000].map((at) => strain(load(at, 10))),
      [0.5, undefined, 1, 0.5],
    );
  });
});

describe('noise', () => {
  it('is right on the average, in times and in metrics', () => {
    const { serve, metrics, strain } = made(noisy(steady(), 0.5));
    const mean = (one: () => number): number => Array.from({ length: 20_000 }, one).reduce((sum, each) => sum + each, 0) / 20_000;
    assert.ok(Math.abs(mean(() => serve(load(0, 0), 100).took) - 100) < 2);
    assert.ok(Math.abs(mean(() => metrics(load(0, 50))['running'] ?? 0) - 50) < 1);
    assert.equal(strain(load(0, 50)), 0);
  });
});

describe('a replayed metric', () => {
  it('stands beside those of another model', () => {
    const { metrics } = made(curve({ csv: '0,10\n10,20', as: 'lag' }, steady()));
    assert.deepEqual(metrics(load(5_000, 3)), { running: 3, lag: 15 });
  });
});
