import type { Keep, Retention, TaskReader } from '@reeve/core';
import { type Model, type ModelTask, mayBeBefore } from '../store/model/model.ts';
import type { Violations } from './violation.ts';

const isEnded = ({ state }: ModelTask): boolean => state !== 'queued' && state !== 'running';

/** Ended tasks of these labourers that the store knows no more; the model forgets them as well. */
export const forgetGone = async (
  store: Pick<TaskReader, 'find'>,
  model: Model,
  labourers: readonly string[],
): Promise<readonly ModelTask[]> => {
  const ended = [...model.tasks.values()].filter((each) => labourers.includes(each.labourer) && isEnded(each));
  // All at once: a store may answer at the end of its turn, and the whole is one step.
  const records = await Promise.all(ended.map(({ labourer, id }) => store.find({ labourer, id })));
  const gone = ended.filter((_, n) => records[n] === undefined);
  for (const { id } of gone) model.tasks.delete(id);
  return gone;
};

const keepFor = ({ state }: ModelTask, { completed, others }: Retention): Keep => (state === 'completed' ? completed : others) ?? {};

/** Those of one labourer and state, this one left out. */
const besides = (task: ModelTask, all: Iterable<ModelTask>): readonly ModelTask[] =>
  [...all].filter((each) => each !== task && each.labourer === task.labourer && each.state === task.state);

const isOld = ({ endedAt }: ModelTask, { age }: Keep, now: number): boolean => age !== undefined && now - endedAt >= age;

/**
 * What was forgotten might be: it was old enough, or there are enough newer ones that were not forgotten; and nothing was to follow from
 * it any more.
 */
export const checkForgotten = (
  gone: readonly ModelTask[],
  { tasks, now }: Model,
  retention: ReadonlyMap<string, Retention>,
  violations: Violations,
): void => {
  for (const task of gone) {
    const keep = keepFor(task, retention.get(task.labourer) ?? {});
    violations.expect(!task.inOutbox, 'keep', () => `${task.id} was forgotten, and its end is in the outbox`);
    const newer = besides(task, tasks.values()).filter((each) => mayBeBefore(task, each)).length;
    violations.expect(
      isOld(task, keep, now) || newer >= (keep.count ?? Number.POSITIVE_INFINITY),
      'keep',
      () =>
        `${task.id} was forgotten ${now - task.endedAt} ms after it ended, with ${newer} newer ones, and ${JSON.stringify(keep)} is to be kept`,
    );
  }
};

/** What is kept is to be kept: all there was to forget has been forgotten. */
export const checkKept = ({ tasks, now }: Model, retention: ReadonlyMap<string, Retention>, violations: Violations): void => {
  for (const task of tasks.values()) {
    const keep = keepFor(task, retention.get(task.labourer) ?? {});
    if (!isEnded(task) || task.inOutbox) continue;
    const newer = besides(task, tasks.values()).filter((each) => !mayBeBefore(each, task)).length;
    violations.expect(
      !(now - task.endedAt > (keep.age ?? Number.POSITIVE_INFINITY)) && newer < (keep.count ?? Number.POSITIVE_INFINITY),
      'keep',
      () =>
        `${task.id} is kept ${now - task.endedAt} ms after it ended, with ${newer} newer ones, and ${JSON.stringify(keep)} is to be kept`,
    );
  }
};
