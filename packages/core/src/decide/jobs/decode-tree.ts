import { ReeveError } from '../../errors.ts';
import { decodeJson } from '../encode-json.ts';
import { jobFault } from './job-fault.ts';
import { readTree } from './read-tree.ts';
import type { Tree } from './tree.ts';

/** @throws ReeveError INVALID_JOB: no JSON, too deep, or a text that cannot be kept */
export const decodeTree = (text: string, maxDepth: number, path: string = 'job'): Tree => {
  try {
    // The engine's parser is the judge of what JSON is; what is read is read again, since it loses digits and order.
    decodeJson(text);
  } catch (error) {
    if (!ReeveError.is(error)) throw error;
    throw jobFault([{ path, problem: error.message.replace(' [PAYLOAD_NOT_JSON]', '') }]);
  }
  const answer = readTree(text, maxDepth);
  if ('tree' in answer) return answer.tree;
  const problem =
    answer.flaw === 'deep'
      ? `has more than ${maxDepth} levels; flatten it, or allow more with limits.maxDepth`
      : 'has a text with NUL or half of a surrogate pair; take it out, or encode the text (base64)';
  throw jobFault([{ path, problem }]);
};
