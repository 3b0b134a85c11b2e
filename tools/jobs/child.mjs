// One process of jobs-million: a scheduler by itself, so that its memory is its own and it can be killed.
//   node tools/jobs/child.mjs FILE KIND TASKS     KIND: bulk, language, followed, stream
// It writes a line for every 500 tasks that it created, and a last one in JSON.
import { writeSync } from 'node:fs';
import { sqliteStore } from '../../packages/adapter-sqlite/dist/index.js';
import { createReeve, inProcessInvoker, job } from '../../packages/core/dist/index.js';

const [file = '', kind = '', count = '0'] = process.argv.slice(2);
const tasks = Number(count);
const days = Math.max(1, Math.round(tasks / 1_000));

const reeve = createReeve({
  labourers: { reports: { maxSimultaneousInvocations: 1 }, last: { maxSimultaneousInvocations: 1 } },
  jobs: { job_schema: { chunkable_attrs: ['store'] }, limits: { maxTasks: tasks } },
  use: [sqliteStore({ file }), inProcessInvoker({ handlers: { reports: () => 1, last: () => 1 } })],
});

const stores = Array.from({ length: Math.round(tasks / days) }, (_, n) => `store-${n}`);
const language = { lambda_name: 'reports', period: `last_${days}_days`, isolate_days: true, isolate_stores: true, stores };

/** As a file of so many lines, or a database's cursor: nobody has them all. */
async function* lines() {
  for (let n = 0; n < tasks; n += 1) {
    if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield `store-${n}`;
  }
}

/** What there is without jobs: pages of 2,000 by `enqueueMany`, four under way. */
const bulk = async () => {
  /** @type {Set<Promise<unknown>>} */
  const flights = new Set();
  /** @type {{ payload: unknown }[]} */
  let page = [];
  const send = async () => {
    const flight = reeve.enqueueMany('reports', page).finally(() => flights.delete(flight));
    page = [];
    flights.add(flight);
    if (flights.size >= 4) await Promise.race(flights);
  };
  for await (const store of lines()) {
    page.push({ payload: { date_list: ['2026-11-23'], stores: [store] } });
    if (page.length === 2_000) await send();
  }
  await send();
  await Promise.all(flights);
};

const kinds = {
  bulk,
  language: () => reeve.runJob(language, { run: 'million' }),
  followed: () => reeve.runJob(language, { run: 'million', finalizer: { labourer: 'last' } }),
  stream: () => reeve.runJob(job('reports').over('yesterday').by('store', lines), { run: 'million' }),
};

await reeve.start();
let created = 0;
reeve.on('task.enqueued', () => {
  created += 1;
  if (created % 500 === 0) writeSync(1, '.\n');
});
const from = performance.now();
const answer = await kinds[/** @type {keyof typeof kinds} */ (kind)]();
const took = performance.now() - from;
const { user, system } = process.cpuUsage();
const told = {
  created,
  seconds: took / 1_000,
  cpu: (user + system) / 1_000_000,
  rss: Math.round(process.resourceUsage().maxRSS / 1_024),
  state: answer?.state,
};
writeSync(1, `${JSON.stringify(told)}\n`);
await reeve.close();
