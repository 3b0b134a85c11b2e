import type { Reeve, TaskRecord, TaskState } from '@reeve/core';

// The way that tasks go, so that one which moves on while the lists are read is met again in a later one.
const STATES: readonly TaskState[] = ['queued', 'running', 'completed', 'dead', 'aside'];

/** All tasks of a labourer that the store has, and each of the ids that it was asked for. */
export const readTasks = async (reeve: Reeve, labourer: string, ids: readonly string[]): Promise<readonly TaskRecord[]> => {
  const byId = new Map<string, TaskRecord>();
  for (const state of STATES) for await (const task of tasksIn(reeve, labourer, state)) byId.set(task.id, task);
  // A task of another process may have gone back from running to queued between two lists.
  for (const id of ids) {
    const task = byId.has(id) ? undefined : await reeve.find({ labourer, id });
    if (task) byId.set(id, task);
  }
  return [...byId.values()];
};

/** The tasks in one state, page by page; of ended ones the newest first. */
export async function* tasksIn(reeve: Reeve, labourer: string, state: TaskState, limit: number = 500): AsyncGenerator<TaskRecord> {
  for (let cursor: string | undefined; ; ) {
    const page = await reeve.list({ labourer, state, limit, ...(cursor !== undefined && { cursor }) });
    yield* page.tasks;
    cursor = page.cursor;
    if (cursor === undefined) return;
  }
}
