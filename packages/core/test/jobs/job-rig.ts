import {
  BatchBook,
  Follower,
  Foreman,
  JobBook,
  type JobSettings,
  Jobs,
  type JobsParts,
  type LabourerDefinition,
  type MemoryTaskStore,
  OpenJobs,
} from '@reeve/core';
import { rig } from '../run/rig.ts';

export const definitions: Readonly<Record<string, LabourerDefinition>> = {
  w0: { maxSimultaneousInvocations: 100_000, maxAttempts: 1 },
  last: { maxSimultaneousInvocations: 1 },
};

export const settings: JobSettings = { job_schema: { chunkable_attrs: ['section', 'store'] } };

type Rig = ReturnType<typeof rig>;

/** A process that works on this store: the same store for all, and each its own way to reach it. */
export const jobsOn = (r: Rig, store: MemoryTaskStore, own: JobSettings = settings, instead: Partial<JobsParts> = {}) => {
  const parts = { ...r, store, register: store };
  const jobs = new JobBook(parts);
  const batches = new BatchBook({ ...parts, jobs });
  const kept = { jobs, open: new OpenJobs(parts), batches };
  const follower = new Follower({ ...r, store, outbox: store, book: batches });
  const foreman = new Foreman({ ...parts, operator: store });
  return { follower, jobs: new Jobs({ ...r, store, reader: store, foreman, kept, follower, settings: own, ...instead }) };
};

export const jobRig = (own?: JobSettings, labourers = definitions) => {
  const r = rig({ labourers });
  return { ...r, ...jobsOn(r, r.store, own) };
};

/** So many tasks, one for each section. */
export const sections = (count: number, more: object = {}): object => ({
  lambda_name: 'w0',
  isolate_sections: true,
  sections: Array.from({ length: count }, (_, n) => `s${n}`),
  ...more,
});

export const idsIn = async (store: MemoryTaskStore, labourer = 'w0'): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const state of ['queued', 'running', 'completed', 'dead', 'cancelled'] as const) {
    let cursor: string | undefined;
    do {
      const page = await store.list({ labourer, state, limit: 1_000, ...(cursor !== undefined && { cursor }) });
      ids.push(...page.tasks.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return ids;
};

/** Does something before each call of `enqueue`. */
export const enqueuing = (store: MemoryTaskStore, before: () => Promise<void>): MemoryTaskStore =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'enqueue') return member.bind(target) as unknown;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        await before();
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
