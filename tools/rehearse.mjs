// Holds the adaptive caps against the best fixed cap over seeded systems, and plots the example of docs/choosing-a-policy.md. Needs the build.
//   node tools/rehearse.mjs                      twenty systems, a line for each: some twenty minutes
//   node tools/rehearse.mjs --from 21 --to 40    others
//   node tools/rehearse.mjs --write              writes docs/benchmarks/adaptive-caps.md and the plot as well
//   node tools/rehearse.mjs --plot               writes the plot alone
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compareCaps, database, exponential, outage, rehearse, scenario } from '../packages/testkit/dist/index.js';
import { root } from './lib/processes.mjs';
import { tableOf } from './rehearse/table.mjs';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
    plot: { type: 'boolean', default: false },
  },
});

/** The example of docs/choosing-a-policy.md. */
const plot = async () => {
  const minute = 60_000;
  const result = await rehearse({
    policy: { maxSimultaneousInvocations: 60, maxAttempts: 20, health: { adaptive: 'vegas', breaker: true } },
    arrivals: (since) => 20 + 15 * Math.sin(since / (4 * minute)),
    service: exponential(500),
    downstream: outage(database({ capacity: 12 }), { from: 20 * minute, to: 22 * minute, recovery: 4 * minute }),
    duration: 45 * minute,
  });
  writeFileSync(
    `${root}/docs/choosing-a-policy.svg`,
    result.toSvg('Vegas and a breaker before a database that slows with load, and an outage of two minutes'),
  );
  console.log(result.print());
};

if (values.plot || values.write) await plot();
if (!values.plot) {
  const compared = [];
  for (let seed = Number(values.from); seed <= Number(values.to); seed += 1) {
    const comparison = await compareCaps(scenario(seed));
    compared.push({ seed, ...comparison });
    const { best, most } = comparison;
    const policies = comparison.compared.map(
      ({ policy, underLimit, done }) => `${policy} ${(100 * underLimit).toFixed(1)}/${(100 * done).toFixed(1)}`,
    );
    console.log(`${seed}: ${comparison.scenario}; best ${best.cap} of ${most}; ${policies.join(', ')}`);
  }
  const page = tableOf(compared);
  if (values.write) writeFileSync(`${root}/docs/benchmarks/adaptive-caps.md`, page);
  else console.log(page);
}
