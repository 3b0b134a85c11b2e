import { type EpochMs, type NewTask, ReeveError } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** 16 MiB: SQLite takes more, but each change of a task's state writes its row anew, payload included. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

const INSERT = `
  INSERT INTO tasks (id, labourer, state, fresh, due, attempts, created_at, payload)
  VALUES (?1, ?2, 'queued', 1, ?3, 0, ?4, ?5)
  ON CONFLICT (id) DO NOTHING`;

/** @throws ReeveError PAYLOAD_TOO_LARGE */
export const checkPayloads = (tasks: readonly NewTask[]): void => {
  tasks.forEach(({ payload }, index) => {
    // A character has at most 3 bytes per UTF-16 unit: short texts need no counting.
    if (typeof payload !== 'string' || payload.length * 3 <= MAX_PAYLOAD_BYTES) return;
    const bytes = Buffer.byteLength(payload);
    if (bytes <= MAX_PAYLOAD_BYTES) return;
    throw new ReeveError({
      kind: 'input',
      code: 'PAYLOAD_TOO_LARGE',
      message: `tasks[${index}].payload: it has ${bytes} bytes, the SQLite store takes ${MAX_PAYLOAD_BYTES}; store the content elsewhere and send a reference`,
    });
  });
};

export const enqueue = (statements: Statements, tasks: readonly NewTask[], now: EpochMs): ('created' | 'duplicate')[] =>
  tasks.map(({ id, labourer, payload, due }) => {
    const created = statements.run(INSERT, id, labourer, Math.ceil(due ?? now), now, payload);
    return created === 1 ? 'created' : 'duplicate';
  });
