// Runs the lives, each on fresh tables of one server, and prints what they cost.
import { startDynamoDb } from '../test-servers/dist/index.js';
import { openBench } from './bench.mjs';
import { byTicks, byTicksNamed, exchanged, idle, inBatches, oneByOne, withRetry } from './lives.mjs';
import { total } from './meter.mjs';
import { printIdle, printLayout, printLife, printSosw } from './report.mjs';

/** @type {readonly (readonly [title: string, life: import('./lives.mjs').Life])[]} */
const LIVES = [
  ['by ticks: each task enqueued by itself, claims of a whole cap, each completion reported by itself', byTicks],
  ["by ticks, with ids of the user's own", byTicksNamed],
  ['one by one: each task enqueued, claimed and reported on by itself', oneByOne],
  ['the report of one with the claim of the next (exchange)', exchanged],
  ['in batches of 10', inBatches(10)],
  ['in batches of 100', inBatches(100)],
  ['one by one, with one retry each', withRetry],
];

const rounded = (/** @type {number} */ value) => Math.round(value * 1_000) / 1_000;

/** @typedef {{ wcu: number, rcu: number }} Units */

/**
 * @param {number} tasks how many live each life
 * @returns {Promise<{ greenfield: Units, native: Units }>} per task, of the first life, by ticks
 */
export const measure = async (tasks) => {
  const server = await startDynamoDb();
  try {
    console.log(`DynamoDB: ${server.name}; ${tasks} tasks of 200 bytes each, cap 100; request units from ConsumedCapacity`);
    const greenfield = await measureLayout(server.url, 'greenfield', tasks);
    const native = await measureLayout(server.url, 'native', tasks);
    printSosw();
    return { greenfield, native };
  } finally {
    await server.stop();
  }
};

/**
 * @param {string} url
 * @param {import('./bench.mjs').Layout} layout
 * @param {number} tasks
 * @returns {Promise<Units>}
 */
const measureLayout = async (url, layout, tasks) => {
  printLayout(layout);
  const answers = [];
  for (const [title, life] of LIVES) {
    const bench = await openBench(url, layout);
    try {
      await life(bench, tasks);
    } finally {
      await bench.close();
    }
    printLife(title, bench.meter.stages(), tasks);
    answers.push(total(bench.meter.stages()));
  }
  const bench = await openBench(url, layout);
  try {
    await idle(bench);
  } finally {
    await bench.close();
  }
  printIdle(bench.meter.stages());
  const [{ wcu, rcu } = { wcu: 0, rcu: 0 }] = answers;
  return { wcu: rounded(wcu / tasks), rcu: rounded(rcu / tasks) };
};
