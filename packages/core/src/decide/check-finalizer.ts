import type { Labourer } from '../domain/labourer.ts';
import type { Millis } from '../domain/time.ts';
import type { ReeveError } from '../errors.ts';
import type { KeptFinalizer } from './batch-entry.ts';
import { checkLabourer } from './check-labourer.ts';
import { checkWait } from './check-operation.ts';
import { checkPriority } from './check-task.ts';
import { decodeJson, encodeJson } from './encode-json.ts';

export interface Finalizer {
  readonly labourer: string;
  /** A value that JSON can carry, at most 16 KiB of it. */
  readonly payload?: unknown;
  /** From 0 to 9. Default: the labourer's, or 0. */
  readonly priority?: number;
  /** Default: the labourer's, or never. */
  readonly expireAfter?: Millis;
}

const MOST_FINALIZER_BYTES = 16 * 1024;

/**
 * @param fault the error of a finalizer that is none
 * @throws ReeveError UNKNOWN_LABOURER, INVALID_PRIORITY, INVALID_DUE, and those of payloads
 */
export const checkFinalizer = (
  finalizer: Finalizer,
  labourers: ReadonlyMap<string, Labourer>,
  fault: (field: string, problem: string) => ReeveError,
): KeptFinalizer => {
  if (typeof finalizer !== 'object' || finalizer === null) throw fault('finalizer', 'is missing; give { labourer, payload }');
  const { payload } = finalizer;
  const labourer = checkLabourer(finalizer.labourer, labourers, 'finalizer.');
  const target = labourers.get(labourer);
  const priority = checkPriority(finalizer.priority === undefined ? target?.priority : finalizer.priority, 'finalizer.');
  const expireAfter = finalizer.expireAfter === undefined ? target?.expireAfter : checkWait(finalizer.expireAfter, 'finalizer.expireAfter');
  const text = payload === undefined ? undefined : encodeJson(payload, { what: 'finalizer.payload', maxBytes: MOST_FINALIZER_BYTES });
  return {
    labourer,
    ...(text !== undefined && { payload: decodeJson(text) }),
    ...(priority !== undefined && { priority }),
    ...(expireAfter !== undefined && { expireAfter }),
  };
};
