/** What may be wrong with priorities, with tasks that are out of time, and with errors. */
import { type AttemptError, type NewTask, refOf, type TaskKey, type TaskRecord } from '@reeve/core';
import { dropping } from './of-memory.ts';
import { kept, mutant, type StoreMutant } from './twist.ts';

const enqueuing = (name: string, breaks: string, change: (task: NewTask) => NewTask): StoreMutant =>
  mutant(name, breaks, (honest) => ({ enqueue: (tasks) => honest.enqueue(tasks.map(change)) }));

const recording = (name: string, breaks: string, change: (record: TaskRecord) => TaskRecord): StoreMutant =>
  mutant(name, breaks, (honest) => ({
    find: async (key) => {
      const record = await honest.find(key);
      return record && change(record);
    },
  }));

const keeping = (name: string, breaks: string, change: (errors: readonly AttemptError[]) => readonly AttemptError[]): StoreMutant =>
  recording(name, breaks, (record) => ({ ...record, errors: change(record.errors) }));

const withoutExpiry = ({ expiresAt: _, ...task }: NewTask): NewTask => task;

const shifted =
  (by: number) =>
  (task: NewTask): NewTask =>
    task.expiresAt === undefined ? task : { ...task, expiresAt: task.expiresAt + by };

const priorityMutants: readonly StoreMutant[] = [
  enqueuing('takes no notice of priorities', 'C6', ({ priority: _, ...task }) => task),
  enqueuing('takes 9 for the least urgent', 'C6', (task) => ({ ...task, priority: 9 - (task.priority ?? 9) })),
  enqueuing('knows two priorities', 'C6', (task) => ({ ...task, priority: (task.priority ?? 0) > 0 ? 1 : 0 })),
  enqueuing('takes 1 for the priority of whoever gives none', 'C6', (task) => ({ ...task, priority: task.priority ?? 1 })),
  mutant('waits for an urgent task that is not due', 'C6', (honest, { clock }) => ({
    claim: async (request) => {
      const { tasks } = await honest.list({ labourer: request.labourer, state: 'queued', limit: 1 });
      const [head] = tasks;
      const waits = head?.state === 'queued' && head.due > clock.now() && head.priority > 0;
      return honest.claim({ ...request, limit: waits ? 0 : request.limit });
    },
  })),
  mutant('takes what was retried or released before all that is fresh, whatever the priority', 'C6', (honest, tools) => {
    const back = kept(tools, 'back', () => new Set<string>());
    return {
      settle: (verdicts) => {
        for (const { id, kind } of verdicts) if (kind === 'retry' || kind === 'released') back.add(id);
        return honest.settle(verdicts);
      },
      claim: async (request) => {
        const answer = await honest.claim(request);
        return { ...answer, leases: [...answer.leases].sort((a, b) => Number(back.has(b.id)) - Number(back.has(a.id))) };
      },
    };
  }),
  recording('says that every task has a priority of 0', 'F1', (record) => ({ ...record, priority: 0 })),
  mutant('lists by due time, whatever the priority', 'L1', (honest) => ({
    list: async (query) => {
      const page = await honest.list(query);
      const dueOf = (each: TaskRecord): number => (each.state === 'queued' ? each.due - each.attempts : 0);
      return { ...page, tasks: [...page.tasks].sort((a, b) => dueOf(a) - dueOf(b)) };
    },
  })),
];

const outOfTimeMutants: readonly StoreMutant[] = [
  enqueuing('claims what is out of time', 'C10', withoutExpiry),
  enqueuing('claims at the very instant', 'C10', shifted(1)),
  enqueuing('drops long before the instant', 'C10', shifted(-5_000)),
  dropping('drops retries', 'C10', ({ attempt }, expiresAt, now) => attempt > 1 && expiresAt <= now),
  mutant('does not drop what was released', 'C10', (honest) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      const released = verdicts.filter(({ kind }, n) => kind === 'released' && outcomes[n] === 'applied');
      // What is queued anew has no expiry.
      await honest.bury(released.map((each) => ({ ...each, error: 'released' })));
      await honest.redrive(released);
      return outcomes;
    },
  })),
  mutant('drops and says nothing', 'C10', (honest) => ({
    claim: async (request) => {
      const { dropped: _, ...answer } = await honest.claim(request);
      return answer;
    },
  })),
  mutant('says to each connection what was dropped', 'C10', (honest, tools) => {
    const all = kept(tools, 'dropped', () => [] as TaskKey[]);
    let told = 0;
    return {
      claim: async (request) => {
        const answer = await honest.claim(request);
        all.push(...(answer.dropped ?? []));
        const dropped = all.slice(told);
        told = all.length;
        return { ...answer, ...(dropped.length > 0 && { dropped }) };
      },
    };
  }),
  mutant('takes what it drops off the limit', 'C10', (honest) => ({
    claim: async (request) => {
      const answer = await honest.claim(request);
      const most = Math.max(0, request.limit - (answer.dropped?.length ?? 0));
      await honest.settle(answer.leases.slice(most).map((each) => ({ ...refOf(each), kind: 'released' })));
      return { ...answer, leases: answer.leases.slice(0, most) };
    },
  })),
  mutant('drops a hundred, and does not say that there is more', 'C10', (honest) => ({
    claim: async (request) => {
      const { nextDueIn: _, ...answer } = await honest.claim(request);
      if ((answer.dropped?.length ?? 0) <= 100) return answer;
      await honest.settle(answer.leases.map((each) => ({ ...refOf(each), kind: 'released' })));
      return { ...answer, leases: [] };
    },
  })),
  recording('keeps what was dropped as dead', 'C10', (record) =>
    record.state === 'dropped' ? { ...record, state: 'dead', error: 'out of time' } : record,
  ),
  mutant('lists what was dropped as cancelled', 'L1', (honest) => ({
    list: (query) => honest.list(query.state === 'dropped' ? { ...query, state: 'cancelled' } : query),
  })),
];

const errorMutants: readonly StoreMutant[] = [
  keeping('keeps the last error only', 'V4', (errors) => errors.slice(-1)),
  keeping('keeps nine errors', 'V5', (errors) => errors.slice(-9)),
  keeping('keeps the first errors', 'V5', (errors) => errors.slice(0, 9)),
  keeping('lists errors the newest first', 'V4', (errors) => [...errors].reverse()),
  keeping('counts attempts from 0', 'V4', (errors) => errors.map((each) => ({ ...each, attempt: each.attempt - 1 }))),
  keeping('says of every error that it was lately', 'V4', (errors) => errors.map((each) => ({ ...each, at: errors.at(-1)?.at ?? 0 }))),
  keeping('cuts errors at 1 KiB', 'V5', (errors) => errors.map((each) => ({ ...each, error: each.error.slice(0, 1_024) }))),
  recording('forgets errors when a task is done', 'V4', (record) => (record.state === 'completed' ? { ...record, errors: [] } : record)),
];

export const urgencyMutants: readonly StoreMutant[] = [...priorityMutants, ...outOfTimeMutants, ...errorMutants];
