import { ReeveError } from '../../errors.ts';
import { decodeTree } from './decode-tree.ts';
import type { Path } from './job-fault.ts';
import { type Dict, isDict, isTruthy, stringOf, type Tree } from './tree.ts';

/** What a task of sosw has besides its payload, and makes itself. */
const OWN: readonly string[] = ['task_id', 'created_at', 'greenfield', 'attempts'];
/** Arguments of the function by which sosw makes a task: a member of such a name never was one of the payload. */
const ARGUMENTS: readonly string[] = ['self', 'labourer', 'strict'];

export const checkNames = (job: Dict, path: Path, refuse: (path: Path, problem: string) => void): void => {
  for (const name of OWN)
    if (isTruthy(job.get(name)) && !(name === 'attempts' && job.get(name) === '"0"'))
      refuse([...path, name], 'is what a task has of its own; name the member otherwise');
  for (const name of ARGUMENTS) if (job.has(name)) refuse([...path, name], 'cannot be a member of a payload; name it otherwise');
  if (!isPayload(job.get('payload')))
    refuse([...path, 'payload'], 'is a JSON text of something else than an object; give an object, or its text');
};

const isPayload = (payload: Tree | undefined): boolean => {
  const text = stringOf(payload);
  return text === undefined || isDict(parsed(text) ?? new Map());
};

const parsed = (text: string): Tree | undefined => {
  try {
    return decodeTree(text, 64);
  } catch (error) {
    if (ReeveError.is(error)) return undefined;
    throw error;
  }
};

/** A task as sosw's payload has it: `payload` is unfolded, and what else there is comes after and wins. */
export const payloadOf = (task: Dict): Dict => {
  const rest = new Map(task);
  for (const name of [...OWN, 'labourer_id', 'payload']) rest.delete(name);
  const payload = task.get('payload');
  if (payload === undefined) return rest;
  const text = stringOf(payload);
  const unfolded = text === undefined ? payload : parsed(text);
  return new Map([...(isDict(unfolded) ? unfolded : new Map([['payload', unfolded ?? payload]])), ...rest]);
};
