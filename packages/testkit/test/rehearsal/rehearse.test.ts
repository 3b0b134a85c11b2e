import assert from 'node:assert/strict';
import { MINUTE, ReeveError, SECOND } from '@reeve/core';
import { curve, database, exponential, lognormal, outage, type RehearseRequest, rehearse } from '@reeve/testkit';
import { describe, it } from 'vitest';

const base = {
  policy: { maxSimultaneousInvocations: 10 },
  arrivals: 10,
  service: exponential(500),
  downstream: database({ capacity: 20 }),
  duration: 2 * MINUTE,
} satisfies RehearseRequest;

describe('a rehearsal', () => {
  it('is the same for the same seed, and another for another', async () => {
    const play = async (seed: number) => JSON.stringify((await rehearse({ ...base, seed })).series);
    const [one, same, other] = [await play(1), await play(1), await play(2)];
    assert.equal(one, same);
    assert.notEqual(one, other);
  });

  it('plays the real core: the cap is kept to, and everything is done', async () => {
    const { series, summary } = await rehearse({ ...base, arrivals: 40, policy: { maxSimultaneousInvocations: 7 } });
    assert.equal(series.length, 120);
    assert.equal(Math.max(...series.map(({ running }) => running)), 7);
    assert.ok(Math.abs(summary.throughput - 14) < 1, `${summary.throughput}`); // 7 at once, of half a second each
    assert.ok(Math.abs(summary.arrived / 120 - 40) < 2);
    assert.equal(summary.queue, series.at(-1)?.queue);
    assert.ok(summary.waited.p99 > summary.waited.p50 && summary.waited.p50 > SECOND);
  });

  it('goes by a metric of the downstream, as its source would tell it, and as late', async () => {
    const csv = '0,10\n30,10\n31,90\n60,90\n61,10\n120,10';
    const health = {
      metrics: { 'orders-db.cpu': { source: 'cloudwatch', every: SECOND, query: {}, levels: { High: '<= 50', Moderate: '<= 95' } } },
    };
    const play = (metricDelay: number) =>
      rehearse({ ...base, assessEvery: SECOND, metricDelay, policy: { ...base.policy, health }, downstream: curve({ csv, as: 'cpu' }) });
    const changes = (await play(0)).decisions.filter(({ what }) => what.startsWith('resize'));
    assert.deepEqual(
      changes.map(({ what }) => /\d+ -> \d+, \S+/.exec(what)?.[0]),
      ['10 -> 5, orders-db.cpu', '5 -> 10, orders-db.cpu'],
    );
    const late = (await play(20 * SECOND)).decisions.filter(({ what }) => what.startsWith('resize'));
    assert.equal((late[0]?.at ?? 0) - (changes[0]?.at ?? 0), 20 * SECOND);
    const { series } = await play(0);
    assert.deepEqual(
      [series[20], series[45], series[100]].map((each) => [each?.cap, each?.health]),
      [
        [10, 4],
        [5, 2],
        [10, 4],
      ],
    );
  });

  it('serves one cap with several processes, whose adaptive cap is one', async () => {
    const { series, summary } = await rehearse({
      ...base,
      processes: 3,
      backlog: 2_000,
      arrivals: 0,
      policy: { maxSimultaneousInvocations: 12, health: { adaptive: 'vegas' } },
    });
    assert.equal(summary.arrived, 2_000);
    assert.ok(series.every(({ running }) => running <= 12));
    assert.ok(summary.completed > 500, `${summary.completed}`);
  });

  it('stops in an outage with a breaker, and comes back', async () => {
    const { series, decisions } = await rehearse({
      ...base,
      duration: 5 * MINUTE,
      arrivals: 15,
      policy: { maxSimultaneousInvocations: 10, maxAttempts: 50, health: { breaker: true } },
      downstream: outage(database({ capacity: 20 }), { from: MINUTE, to: 2 * MINUTE }),
    });
    assert.ok(decisions.some(({ what }) => /breaker open/.test(what)));
    assert.ok(series.slice(80, 110).filter(({ running }) => running === 0).length > 20);
    assert.ok(
      series.slice(-60).every(({ cap }) => cap === 10),
      series
        .slice(-60)
        .map(({ cap }) => cap)
        .join(),
    );
  });

  it('times out what outlasts its lease', async () => {
    const { summary } = await rehearse({ ...base, service: 5_000, arrivals: 1, policy: { ...base.policy, lease: { duration: 1_000 } } });
    assert.equal(summary.completed, 0);
    assert.ok(summary.failed > 50);
  });

  it('is printed, and plotted', async () => {
    const result = await rehearse({
      ...base,
      arrivals: 60,
      service: lognormal({ median: 400, sigma: 0.5 }),
      policy: { maxSimultaneousInvocations: 60 },
    });
    const text = result.print();
    assert.match(text, /^tasks {9}7,\d{3} came, /);
    assert.match(text, /running #, cap -\n +60\|/);
    assert.match(text, /over its limit\n +1\.5\|.*!/);
    assert.ok(text.split('\n').every((line) => line.length <= 110));
    const svg = result.toSvg('A database & 60 < 61');
    assert.match(svg, /^<svg [^>]+>\n<title>A database &amp; 60 &lt; 61<\/title>/);
    assert.equal(svg.match(/<polyline /g)?.length, 6);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });

  it('refuses what cannot be played, with all that is wrong', async () => {
    const bad = { ...base, arrivals: -1, service: 0, duration: 0.5, seed: -1, processes: 0 };
    await assert.rejects(rehearse(bad), (error) => {
      assert.ok(ReeveError.is(error, 'INVALID_REHEARSAL'));
      for (const field of ['arrivals: -1', 'service: 0', 'duration: 0.5', 'seed: -1', 'processes: 0'])
        assert.ok(error.message.includes(field), field);
      return true;
    });
    const health = { metrics: { 'db.lag': { source: 'x', query: {}, levels: { High: '<= 50' } } } } as const;
    await assert.rejects(
      rehearse({ ...base, policy: { ...base.policy, health } }),
      /policy\.health\.metrics\.db\.lag: the downstream has no such number; it has cpu, connections, waiting/,
    );
    await assert.rejects(rehearse({ ...base, policy: { maxSimultaneousInvocations: 0 } }), (error) =>
      ReeveError.is(error, 'INVALID_LABOURERS'),
    );
  });
});
