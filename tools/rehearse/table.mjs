/** What has to be reached: the share of the time under the limit, and of the work of the best fixed cap. */
const UNDER = 0.95;
const DONE = 0.9;
const KINDS = ['aimd', 'vegas', 'gradient2'];

/** @param {number} share rounded down, so that 94.96 % is not told as 95 */
const percent = (share) => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

/** @typedef {{ policy: string, underLimit: number, done: number }} Compared */
/** @typedef {{ seed: number, scenario: string, most: number, best: { cap: number, underLimit: number, throughput: number }, compared: readonly Compared[] }} Row */

/** @param {Compared} compared */
const isReached = ({ underLimit, done }) => underLimit >= UNDER && done >= DONE;

/** @param {Compared | undefined} compared */
const cell = (compared) => {
  if (!compared) return '';
  const text = `${percent(compared.underLimit)}, ${percent(compared.done)}`;
  return isReached(compared) ? text : `_${text}_`;
};

/** @param {readonly Row[]} rows */
export const tableOf = (rows) => {
  const head = ['', 'system, attempts, work that comes', 'cap', 'best fixed', 'half of it', 'twice of it', ...KINDS];
  const body = rows.map(({ seed, scenario, most, best, compared }) => [
    String(seed),
    scenario,
    String(most),
    `${best.cap}: ${best.throughput.toFixed(1)}/s`,
    cell(compared[0]),
    cell(compared[1]),
    ...KINDS.map((kind) => cell(compared.find(({ policy }) => policy === kind))),
  ]);
  const widths = head.map((name, n) => Math.max(name.length, ...body.map((row) => (row[n] ?? '').length)));
  /** @param {readonly string[]} row */
  const line = (row) => `| ${row.map((text, n) => text.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const reached = KINDS.map((kind) => {
    const count = rows.filter(({ compared }) => compared.some((each) => each.policy === kind && isReached(each))).length;
    return `${kind} in ${count}`;
  });
  return `# Adaptive caps beside fixed ones

Half an hour of virtual time for each line: the real core, a definition with nothing but a cap and \`health: { adaptive: kind }\`, and a downstream that is drawn
from a seed ([scenarios](../../packages/testkit/src/rehearsal/scenarios.ts)). The limit of each downstream was defined before anything was measured, and no policy
is told of it: a database is over it where an attempt takes more than twice as long as alone, an API for a second after each 429. While a
downstream is down it has no limit; while it recovers its limit is in proportion.

The best fixed cap was found by search: it completes most of those that keep the downstream under its limit for 95 % of the time. In production nobody can search
so. The columns show the share of the time under the limit, and what was completed as a share of what the best fixed cap completes; _slanted_
where less than 95 % and 90 %. Half and twice of the best are there for whoever guesses.

Both are reached by ${reached.join(', ')} of ${rows.length}.

${[line(head), rule, ...body.map(line)].join('\n')}

\`node tools/rehearse.mjs --write\` makes this page. [What the policies do](../adaptive-caps.md), and [how to see it for your own](../choosing-a-policy.md).
`;
};
