// The figures as tables for people.
import { total } from './meter.mjs';

/** @typedef {import('./meter.mjs').Sum} Sum */

/** sosw 0.7.31 on the same server: 1,000 tasks, 200-byte payload, cap 100. Its cap is a count before the start, which two orchestrators exceed. */
const SOSW = [
  { stage: 'enqueue', calls: 2, wcu: 2, rcu: 18.58 },
  { stage: 'claim', calls: 1, wcu: 3, rcu: 0.4 },
  { stage: 'complete', calls: 1, wcu: 2, rcu: 0 },
  { stage: 'archive', calls: 3, wcu: 4, rcu: 0.91 },
];
export const SOSW_TOTAL = { calls: 7.15, wcu: 11, rcu: 19.89, retryWcu: 13, idleCalls: 600, idleRcu: 300 };

const figure = (/** @type {number} */ value, digits = 2) => (value === 0 ? '-' : value.toFixed(digits)).padStart(9);

/** @param {string} name @param {readonly (number | string)[]} cells */
const line = (name, cells) =>
  `  ${name.padEnd(28)}${cells.map((cell) => (typeof cell === 'string' ? cell.padStart(9) : figure(cell))).join('')}`;

const head = (/** @type {string} */ title, /** @type {readonly string[]} */ columns) => `\n${title}\n${line('per task', columns)}`;

/**
 * @param {string} title
 * @param {readonly (Sum & { stage: string })[]} stages
 * @param {number} tasks
 */
export const printLife = (title, stages, tasks) => {
  console.log(head(title, ['calls', 'WCU', 'for cap', 'RCU']));
  for (const { stage, calls, wcu, capWcu, rcu } of stages)
    console.log(line(stage, [calls / tasks, wcu / tasks, capWcu / tasks, rcu / tasks]));
  const { calls, wcu, capWcu, rcu, lost } = total(stages);
  console.log(line('total', [calls / tasks, wcu / tasks, capWcu / tasks, rcu / tasks]));
  if (lost > 0) console.log(`  ${lost} writes found that another had been first`);
};

/** @param {string} layout */
export const printLayout = (layout) => console.log(`\n== ${layout} layout`);

export const printSosw = () => {
  console.log(head('sosw 0.7.31, for comparison (no strict cap)', ['calls', 'WCU', '', 'RCU']));
  for (const { stage, calls, wcu, rcu } of SOSW) console.log(line(stage, [calls, wcu, '', rcu]));
  console.log(line('total with ticks', [SOSW_TOTAL.calls, SOSW_TOTAL.wcu, '', SOSW_TOTAL.rcu]));
  console.log(line('each retry adds', ['', SOSW_TOTAL.retryWcu, '', '']));
};

/** @param {readonly (Sum & { stage: string })[]} stages */
export const printIdle = (stages) => {
  console.log(`\n100 idle labourers, one round\n${line('', ['calls', 'WCU', '', 'RCU'])}`);
  for (const { stage, calls, wcu, rcu } of stages) console.log(line(stage, [calls, wcu, '', rcu]));
  console.log(line('sosw: Orchestrator', [SOSW_TOTAL.idleCalls, 0, '', SOSW_TOTAL.idleRcu]));
};
