import { createHash } from 'node:crypto';
import { boundText, type EpochMs } from '@reeve/core';

export interface DeadTask {
  readonly labourer: string;
  readonly id: string;
  readonly error: string;
  readonly at: EpochMs;
  /** As JSON text. Absent: it is not to be told, or cannot be read. */
  readonly payload?: string;
}

/** One message of a batch, as SNS takes it; its `Id` is given when the batch is sent. */
export interface Entry {
  Id: string;
  Subject: string;
  Message: string;
  MessageAttributes: Record<string, { DataType: 'String' | 'Number'; StringValue: string }>;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
}

/** A message names so many tasks and counts the rest: whoever is woken by it looks at the store. */
export const MOST_TASKS = 50;
const LONGEST_ERROR = 200;
const LONGEST_PAYLOAD = 500;
/** Of SNS's: messages in a batch, bytes in a batch (256 KiB, less what is around them), characters of a subject. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 240_000;
const LONGEST_SUBJECT = 100;

/** One message for each labourer. No result is in it, and a payload only where it was asked for. */
export const entriesOf = (tasks: readonly DeadTask[], topicArn: string): readonly Entry[] => {
  const byLabourer = new Map<string, DeadTask[]>();
  for (const task of tasks) {
    const own = byLabourer.get(task.labourer);
    if (own) own.push(task);
    else byLabourer.set(task.labourer, [task]);
  }
  return [...byLabourer].map(([labourer, own]) => entryOf(labourer, own, topicArn));
};

const entryOf = (labourer: string, tasks: readonly DeadTask[], topicArn: string): Entry => {
  const count = tasks.length;
  const told = tasks
    .slice(0, MOST_TASKS)
    .map(({ id, error, at, payload }) => ({
      id,
      error: boundText(error, LONGEST_ERROR),
      at: new Date(at).toISOString(),
      ...(payload !== undefined && { payload: boundText(payload, LONGEST_PAYLOAD) }),
    }));
  const Message = JSON.stringify({
    event: 'task.dead',
    labourer,
    count,
    tasks: told,
    ...(count > told.length && { more: count - told.length }),
  });
  return {
    Id: '',
    Subject: subjectOf(`Reeve: ${count === 1 ? '1 task' : `${count} tasks`} of ${labourer} dead`),
    Message,
    MessageAttributes: {
      event: { DataType: 'String', StringValue: 'task.dead' },
      labourer: { DataType: 'String', StringValue: labourer },
      count: { DataType: 'Number', StringValue: String(count) },
    },
    ...(topicArn.endsWith('.fifo') && {
      MessageGroupId: createHash('sha256').update(labourer).digest('hex'),
      MessageDeduplicationId: createHash('sha256').update(Message).digest('hex'),
    }),
  };
};

/** Printable ASCII, which SNS insists on. */
const subjectOf = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, LONGEST_SUBJECT);

export const batchesOf = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const batches: Entry[][] = [];
  let bytes = MOST_BYTES;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.Message) + 1_000;
    const last = batches.at(-1);
    if (last && last.length < MOST_MESSAGES && bytes + size <= MOST_BYTES) {
      last.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
};
