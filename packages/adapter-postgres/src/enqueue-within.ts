import {
  type Continuations,
  configFault,
  Doorbell,
  defineLabourers,
  type Enqueued,
  type EnqueueItem,
  type EnqueueOptions,
  Enqueuer,
  Events,
  type FollowUp,
  type NewTask,
  systemChance,
  systemClock,
} from '@reeve/core';
import { storeFault } from './connection/faults.ts';
import { quoteSchema, type SchemaName, schemaProblem } from './schema/names.ts';
import { answersOf, checkTasks, enqueueQuery, enqueueValues, MAX_PAYLOAD_BYTES } from './verbs/enqueue.ts';

/** What runs a statement inside your transaction: a `pg` client, or a function of yours around what your library has. */
export interface TransactionClient {
  /** Values are texts. Answers the rows, or an object that has them as `rows`. */
  query(text: string, values: string[]): Promise<readonly unknown[] | { readonly rows: readonly unknown[] }>;
}

export interface WithinOptions {
  /** The store's schema. Default "reeve". */
  readonly schema?: string;
}

/**
 * Enqueues inside a transaction of yours: the task is there if and only if you commit. `delay` counts from this process's clock, a task
 * without an instant is due at once by the server's.
 * @throws ReeveError as `reeve.enqueue` does, besides UNKNOWN_LABOURER; and the store's faults. After a fault of the store your transaction
 * is to be rolled back, as after every error of Postgres.
 */
export const enqueueWithin = async (
  client: TransactionClient,
  labourer: string,
  payload: unknown,
  { schema, ...options }: EnqueueOptions & WithinOptions = {},
): Promise<Enqueued> => {
  const [answer] = await enqueueManyWithin(client, labourer, [{ ...options, payload }], schema === undefined ? {} : { schema });
  return answer as Enqueued;
};

/** The same, for many at once. */
export const enqueueManyWithin = async (
  client: TransactionClient,
  labourer: string,
  items: readonly EnqueueItem[],
  { schema = 'reeve' }: WithinOptions = {},
): Promise<readonly Enqueued[]> => {
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw configFault([{ path: 'schema', problem }], 'Cannot enqueue:', 'INVALID_POSTGRES_STORE');
  const enqueuer = new Enqueuer({
    labourers: defineLabourers(
      Object.fromEntries([labourer, ...namedIn(items)].map((name) => [name, { target: name, maxSimultaneousInvocations: 1 }])),
    ),
    store: {
      capabilities: { maxPayloadBytes: MAX_PAYLOAD_BYTES },
      enqueue: (tasks: readonly NewTask[]) => store(client, quoteSchema(schema), tasks),
    },
    clock: systemClock,
    chance: systemChance,
    events: new Events(),
    doorbell: new Doorbell(),
    follower: { expect: () => {} }, // what follows is done by whoever runs the labourer
  });
  return enqueuer.enqueueMany(labourer, items);
};

/** Deeper than core lets follow-ups be: it says so then. */
const DEEPEST = 20;

/** The labourers of what follows: whether there are such is for who runs them to know. What is no name is left to core's check. */
const namedIn = (items: readonly Continuations[], level: number = 0): readonly string[] => {
  if (level === DEEPEST) return [];
  const next = items.flatMap(({ onCompleted, onDead, onEnded }) =>
    [onCompleted, onDead, onEnded].flatMap((each) => (Array.isArray(each) ? (each as readonly FollowUp[]) : [])),
  );
  const found = next.filter((each) => typeof each === 'object' && each !== null);
  const names = found.flatMap(({ labourer }) => (/^[\w.-]{1,128}$/.test(labourer) ? [labourer] : []));
  return found.length === 0 ? [] : [...names, ...namedIn(found, level + 1)];
};

const store = async (client: TransactionClient, schema: SchemaName, tasks: readonly NewTask[]): Promise<('created' | 'duplicate')[]> => {
  checkTasks(tasks);
  try {
    const answer = await client.query(enqueueQuery(schema, tasks), enqueueValues(tasks));
    const rows = 'rows' in answer ? answer.rows : answer;
    return answersOf(
      tasks,
      rows.map((row) => (row as { readonly id: string }).id),
    );
  } catch (error) {
    throw storeFault(error);
  }
};
