import type { TaskRecord } from '@reeve/core';
import type { ModelTask } from '../store/model/model.ts';
import { followOf } from './batch-watch.ts';
import { checkKept } from './forgetting.ts';
import { nextOf, type Orders } from './producer.ts';
import type { World } from './world.ts';

/** When all has ended: what lies in the store is what happened, and nothing else. */
export const finalChecks = async (world: World, orders: Orders): Promise<void> => {
  const { violations, witness } = world;
  const { store } = world.lineage;
  await forgetAll(world);
  witness.model.now = world.scheduler.now();
  const isKnown = (id: string): boolean => witness.model.tasks.has(id) || witness.forgotten.has(id);
  for (const id of orders.owed) violations.expect(isKnown(id), 'lost', () => `${id} was taken on and is gone`);
  const records: TaskRecord[] = [];
  for (const task of witness.model.tasks.values()) {
    const record = await store.find({ labourer: task.labourer, id: task.id });
    if (record) records.push(record);
    checkRecord(world, task, record);
    checkAttempts(world, task);
    checkFollowing(world, task);
  }
  world.story.check?.(records);
  const names = world.labourers.map(({ id }) => id);
  (await store.census(names)).forEach((counts, n) => {
    const { due, waiting, running, expired } = counts;
    violations.expect(due + waiting + running + expired === 0, 'ends', () => `in the end ${names[n]} has ${JSON.stringify(counts)}`);
  });
};

const checkRecord = ({ violations, works }: World, task: ModelTask, record: TaskRecord | undefined): void => {
  const { id, state, attempts, payload, result } = task;
  if (record?.state !== state) {
    violations.add('lost', `${id} is ${state}, and the store has it as ${record?.state}`);
    return;
  }
  violations.expect(
    record.attempts === attempts,
    'attempts',
    () => `${id} had ${attempts} attempts, and the store says ${record.attempts}`,
  );
  const [kept, known] = [JSON.stringify(record.errors), JSON.stringify(task.errors)];
  violations.expect(kept === known, 'report', () => `the errors of ${id} were ${known} and are kept as ${kept}`);
  violations.expect(
    record.priority === task.priority,
    'order',
    () => `${id} has the priority ${task.priority}, and not ${record.priority}`,
  );
  violations.expect(record.key === task.key, 'order', () => `${id} has the key ${task.key}, and not ${record.key}`);
  violations.expect(record.payload === payload, 'bytes', () => `${id} was enqueued as ${payload} and is kept as ${record.payload}`);
  if (record.state !== 'completed') return;
  violations.expect(record.result === result, 'bytes', () => `the result of ${id} was ${result} and is kept as ${record.result}`);
  const said = works.saidOf({ labourer: task.labourer, id, token: task.token ?? '' });
  violations.expect(
    said.some((report) => report.kind === 'done' && report.stats === record.stats),
    'bytes',
    () => `the statistics of ${id} are kept as ${record.stats}, which no worker said`,
  );
};

/** What is to be kept no more is forgotten, within so many calls. */
const MOST_CALLS = 20;

const forgetAll = async (world: World): Promise<void> => {
  const { labourers, scheduler, violations, witness } = world;
  const retention = new Map(labourers.flatMap(({ id, keep }) => (keep ? [[id, keep] as const] : [])));
  if (retention.size === 0) return;
  const store = world.watched('the end', scheduler);
  const names = labourers.map(({ id }) => id);
  for (let calls = 0; calls < MOST_CALLS; calls += 1) if (!(await store.maintain(names, retention)).more) break;
  witness.model.now = scheduler.now();
  checkKept(witness.model, retention, violations);
};

/** What follows was done before the end was taken out. A store that lost its last writes may hear of the second alone, once more. */
const checkFollowing = ({ violations, witness, works }: World, { id, follow }: ModelTask): void => {
  if (followOf(follow)?.next === undefined || Number.isFinite(works.rolledBackAt)) return;
  const isKnown = witness.model.tasks.has(nextOf(id)) || witness.forgotten.has(nextOf(id));
  violations.expect(isKnown, 'outbox', () => `${id} has ended, and what follows it was not done`);
};

/** Nothing is given up before its time, and nothing is tried for ever. */
const checkAttempts = (
  { violations, versions, works, options, witness }: World,
  { id, labourer, state, attempts, token }: ModelTask,
): void => {
  const limits = versions.flat().flatMap((each) => (each.id === labourer ? [each.maxAttempts] : []));
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  // What a stop interrupts goes on elsewhere, whatever its attempts. And an attempt that a copied claim made, under the token of an earlier
  // one, may be ended by a copy of that one's verdict, which was drawn up when the task had attempts left.
  const allowed = most + (witness.twins.get(id) ?? 0);
  violations.expect(attempts <= allowed || options.node.stop > 0, 'attempts', () => `${id} had ${attempts} attempts of ${allowed}`);
  // What an operator buried was not given up by anybody; it has no attempt to its end.
  if (state !== 'dead' || attempts >= least || token === undefined) return;
  const said = works.saidOf({ labourer, id, token: token ?? '' });
  const hopeless = said.some((report) => report.kind === 'failed' && report.retryable === false);
  violations.expect(hopeless, 'attempts', () => `${id} was given up after ${attempts} attempts of ${least}`);
};
