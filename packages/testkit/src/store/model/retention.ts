import assert from 'node:assert/strict';
import type { EpochMs, Retention, TaskRecord } from '@reeve/core';
import type { Model, ModelTask } from './model.ts';

/**
 * When a task ended, as far as its order among others is promised: of ends that come while the time stands still, one is a millisecond late
 * if its task had ended before.
 */
export const momentOf = ({ endedAt }: { readonly endedAt: EpochMs }): number => Math.floor(endedAt / 100);

/**
 * A store forgot what it had to, and no more; the model forgets the same. Of tasks that ended at one instant none is the newest, so a
 * store may choose; how many are left it may not.
 */
export const assertForgotten = async (
  model: Model,
  retention: ReadonlyMap<string, Retention>,
  find: (task: ModelTask) => Promise<TaskRecord | undefined>,
): Promise<void> => {
  const gone: ModelTask[] = [];
  for (const [labourer, { completed, others }] of retention) {
    for (const state of ['completed', 'dead', 'cancelled', 'dropped'] as const) {
      const all = model.of(labourer).filter((each) => each.state === state);
      const { age = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY } = (state === 'completed' ? completed : others) ?? {};
      for (const instant of new Set(all.map(momentOf))) {
        const newer = all.filter((each) => momentOf(each) > instant).length;
        const together = all.filter((each) => momentOf(each) === instant);
        const free = together.filter(({ inOutbox }) => !inOutbox);
        const room = together.every(({ endedAt }) => model.now - endedAt > age) ? 0 : Math.max(0, count - newer);
        const there: ModelTask[] = [];
        for (const task of together) {
          if (await find(task)) there.push(task);
          else gone.push(task);
        }
        for (const task of together) assert.ok(!task.inOutbox || there.includes(task), `${task.id} is in the outbox and was forgotten`);
        const left = free.filter((each) => there.includes(each)).length;
        const [least, most] = [Math.min(free.length, Math.max(0, room - together.length + free.length)), Math.min(free.length, room)];
        const what = `of ${free.map(({ id }) => id).join(', ')}, ${state}, ${left} are left where ${least} to ${most} may be`;
        assert.ok(left >= least && left <= most, what);
      }
    }
  }
  for (const { id } of gone) model.tasks.delete(id);
};
