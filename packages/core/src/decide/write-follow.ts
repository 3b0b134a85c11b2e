/**
 * What follows a task, as the text that is kept with it. A store looks into it as little as into a payload; what reads it is `read-follow.ts`,
 * of this version or a later one. So the text has a version, and members that are added later are absent in older ones.
 */
import type { Continuations, FollowUp, Membership } from '../domain/follow.ts';
import type { JsonText } from '../domain/json.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import { checkLabourer } from './check-labourer.ts';
import { checkWait } from './check-operation.ts';
import { checkPriority, checkTaskId } from './check-task.ts';
import { decodeJson, encodeJson } from './encode-json.ts';

export const FOLLOW_VERSION = 1;

/** Which ends a follow-up waits for. */
export const ENDS = ['onCompleted', 'onDead', 'onEnded'] as const;
export type OnEnd = (typeof ENDS)[number];

/** One follow-up as it is kept. */
export interface KeptFollowUp {
  readonly on: OnEnd;
  readonly labourer: string;
  readonly payload?: unknown;
  readonly id?: string;
  readonly priority?: number;
  readonly delay?: Millis;
  readonly expireAfter?: Millis;
  readonly pass?: true;
  readonly follow?: KeptFollow;
}

export interface KeptFollow {
  readonly v: typeof FOLLOW_VERSION;
  readonly next?: readonly KeptFollowUp[];
  readonly batch?: Membership;
}

/** With every task there is a copy: data belongs elsewhere. */
const MOST_BYTES = 64 * 1024;
const MOST_OF_A_KIND = 100;
const MOST_LEVELS = 16;

export interface WriteFollow {
  readonly labourers: ReadonlyMap<string, Labourer>;
  /** What comes before the field in messages: "items[3]." */
  readonly place: string;
  readonly batch?: Membership | undefined;
}

/**
 * @returns nothing if nothing follows, which is the usual case
 * @throws ReeveError INVALID_FOLLOW, PAYLOAD_TOO_LARGE, and those of the follow-ups' own fields
 */
export const writeFollow = (task: Continuations, { labourers, place, batch }: WriteFollow): JsonText | undefined => {
  if (batch === undefined && task.onCompleted === undefined && task.onDead === undefined && task.onEnded === undefined) return undefined;
  const follow = keep(task, { labourers, names: new Set(labourers.keys()), levels: 1 }, place);
  if (follow === undefined && batch === undefined) return undefined;
  const text = JSON.stringify({ v: FOLLOW_VERSION, ...follow, ...(batch && { batch }) });
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return text as JsonText;
  const message = `${place}onCompleted, onDead, onEnded: ${bytes} bytes of what follows are more than the ${MOST_BYTES} allowed; keep the data elsewhere and send its key`;
  throw new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message });
};

interface Within {
  readonly labourers: ReadonlyMap<string, Labourer>;
  readonly names: ReadonlySet<string>;
  readonly levels: number;
}

const keep = (task: Continuations, within: Within, place: string): KeptFollow | undefined => {
  const next = ENDS.flatMap((on) => {
    const list: unknown = task[on];
    if (list === undefined) return [];
    if (!Array.isArray(list)) throw fault(`${place}${on}`, 'is no list; give an array of follow-ups');
    if (list.length > MOST_OF_A_KIND)
      throw fault(`${place}${on}`, `has ${list.length} follow-ups; give ${MOST_OF_A_KIND} at most, or one that enqueues the others`);
    if (within.levels > MOST_LEVELS)
      throw fault(`${place}${on}`, `is more than ${MOST_LEVELS} levels down; let the last of them enqueue what comes then`);
    return list.map((each: unknown, n) => keepOne(on, each, within, `${place}${on}[${n}].`));
  });
  return next.length > 0 ? { v: FOLLOW_VERSION, next } : undefined;
};

const keepOne = (on: OnEnd, value: unknown, within: Within, place: string): KeptFollowUp => {
  if (typeof value !== 'object' || value === null) throw fault(place.slice(0, -1), 'is no follow-up; give { labourer, payload }');
  const { id, payload, delay, passResult, ...rest } = value as FollowUp;
  const labourer = checkLabourer(rest.labourer, within.names, place);
  const target = within.labourers.get(labourer);
  if (passResult !== undefined && typeof passResult !== 'boolean') throw fault(`${place}passResult`, 'is neither true nor false');
  // The defaults of the labourer as this process knows it: whoever does what follows need not know the labourer.
  const priority = checkPriority(rest.priority === undefined ? target?.priority : rest.priority, place);
  const expireAfter = rest.expireAfter === undefined ? target?.expireAfter : checkWait(rest.expireAfter, `${place}expireAfter`);
  if (expireAfter === 0) throw fault(`${place}expireAfter`, 'is no time to start in; give milliseconds from the due time on, more than 0');
  const follow = keep(rest, { ...within, levels: within.levels + 1 }, place);
  return {
    on,
    labourer,
    // As it would be enqueued, and read again: so its text comes out the same.
    ...(payload !== undefined && { payload: decodeJson(encodeJson(payload, { what: `${place}payload`, maxBytes: MOST_BYTES })) }),
    ...(id !== undefined && { id: checkTaskId(id, place) }),
    ...(priority !== undefined && { priority }),
    ...(delay !== undefined && delay !== 0 && { delay: checkWait(delay, `${place}delay`) }),
    ...(expireAfter !== undefined && { expireAfter }),
    ...(passResult && { pass: true }),
    ...(follow && { follow }),
  };
};

const fault = (field: string, problem: string): ReeveError =>
  new ReeveError({ kind: 'input', code: 'INVALID_FOLLOW', message: `${field} ${problem}` });
