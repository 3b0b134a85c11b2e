/**
 * What each function asks of each table, read off the store's verbs: a claim is not an enqueue, and a reap not a report. A transaction needs what
 * its parts need. The test of the whole flow runs under these, and under nothing else.
 */
import type { EssentialName } from './essentials.ts';

export type Action = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** On a table, and on its index. */
export interface TableActions {
  readonly onTable: readonly Action[];
  readonly onIndex?: readonly Action[];
}

export type ByFunction = Readonly<Record<EssentialName, TableActions | undefined>>;

const READ = ['GetItem', 'BatchGetItem'] as const;
const WRITE = ['PutItem', 'UpdateItem'] as const;
const ALL = [...READ, 'Query', ...WRITE, 'DeleteItem'] as const;

/** One table for everything: homes of tasks and what points to them, places, the register. */
export const NATIVE_ACTIONS: ByFunction = {
  orchestrator: { onTable: ALL },
  scavenger: { onTable: ALL },
  // It adds, and looks up what it adds to. What is queued it does not go through.
  scheduler: { onTable: [...READ, ...WRITE, 'DeleteItem'] },
  // What follows an end is looked up, done and taken out right after it.
  assistant: { onTable: ALL },
};

/** sosw's: what is open, by labourer and greenfield; the ledger of places and the register beside it, whose entries go when they are done with. */
export const SOSW_TASKS_ACTIONS: ByFunction = {
  orchestrator: { onTable: [...READ, ...WRITE, 'DeleteItem'], onIndex: ['Query'] },
  scavenger: { onTable: [...READ, ...WRITE, 'DeleteItem'], onIndex: ['Query'] },
  scheduler: { onTable: [...READ, ...WRITE, 'DeleteItem'] },
  assistant: { onTable: [...READ, ...WRITE, 'DeleteItem'], onIndex: ['Query'] },
};

/** What has ended is put there by whoever ends it, and forgotten by the Scavenger alone. */
export const SOSW_CLOSED_ACTIONS: ByFunction = {
  orchestrator: { onTable: ['PutItem'] },
  scavenger: { onTable: ['PutItem', 'DeleteItem'], onIndex: ['Query'] },
  scheduler: undefined,
  assistant: { onTable: ['GetItem', 'PutItem'] },
};

/** What a sosw put off. Reeve's own retries wait among the tasks. */
export const SOSW_RETRY_ACTIONS: ByFunction = {
  orchestrator: undefined,
  scavenger: { onTable: ['DeleteItem'], onIndex: ['Query'] },
  scheduler: undefined,
  assistant: { onTable: ['GetItem'] },
};
