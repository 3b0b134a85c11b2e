import type { JobRules } from '../../domain/job.ts';
import { ReeveError } from '../../errors.ts';
import type { Problem } from '../../ports/invoker.ts';
import { encodeJson } from '../encode-json.ts';
import { isPlainObject } from '../frozen-copy.ts';
import { decodeTree } from './decode-tree.ts';
import { jobFault, refusal } from './job-fault.ts';
import { attributesOf } from './read-schema.ts';
import { type Dict, isDict, stringOf, type Tree } from './tree.ts';

export interface Job {
  readonly labourer: string;
  readonly attributes: readonly string[];
  /** All of it but the name of the labourer. */
  readonly body: Dict;
}

/** The longest object that is taken as a job, as bytes of its text. A longer one is better given as text. */
const LONGEST_OBJECT = 512 * 1024 * 1024;

/**
 * Reads a job: an object or a JSON text, alone or as the member `job` of one, which may be a text itself.
 *
 * A text keeps all its digits, and its order. Of an object, what JavaScript made of it before counts: digits of a number beyond 2^53 are
 * gone by then, and keys that are whole numbers come first.
 * @throws ReeveError INVALID_JOB
 */
export const readJob = (event: unknown, rules: JobRules, maxDepth: number): Job => {
  const outer = dictOf(treeOf(event, maxDepth), 'event');
  const inner = outer.get('job');
  const body = new Map(inner === undefined ? outer : dictOf(unfolded(inner, maxDepth), 'job'));
  const problems: Problem[] = [];
  const labourer = labourerOf(body.get('lambda_name'), rules.labourers, problems);
  body.delete('lambda_name');
  if (body.has('file_name'))
    problems.push({ path: 'job.file_name', problem: 'names a queue file of sosw, which there is none of here; run the job again' });
  const attributes = attributesOf(rules, body.get('job_schema_name'), problems);
  if (problems.length > 0) throw jobFault(problems);
  return { labourer, attributes, body };
};

const treeOf = (event: unknown, maxDepth: number): Tree => {
  if (typeof event === 'string') return decodeTree(event, maxDepth);
  const what = isPlainObject(event) && 'job' in event ? 'event' : 'job';
  try {
    return decodeTree(encodeJson(event, { what, maxBytes: LONGEST_OBJECT, maxDepth }), maxDepth);
  } catch (error) {
    if (!ReeveError.is(error) || error.code === 'INVALID_JOB') throw error;
    const [, path = 'job', problem = error.message] = /^((?:event|job)[^:]*): (.*) \[[A-Z_]+\]$/s.exec(error.message) ?? [];
    throw refusal(path, problem);
  }
};

const unfolded = (job: Tree, maxDepth: number): Tree => {
  const text = stringOf(job);
  return text === undefined ? job : decodeTree(text, maxDepth);
};

const dictOf = (tree: Tree, path: string): Dict => {
  if (isDict(tree)) return tree;
  throw refusal(path, 'is no object; give one with lambda_name, or its JSON text');
};

const labourerOf = (given: Tree | undefined, known: readonly string[], problems: Problem[]): string => {
  const path = 'job.lambda_name';
  const text = stringOf(given);
  if (text === undefined) {
    problems.push({
      path,
      problem: `${given === undefined ? 'is missing' : 'is no text'}; give the name of a labourer, or the ARN of its Lambda`,
    });
    return '';
  }
  const name = nameIn(text);
  if (known.includes(name)) return name;
  problems.push({ path, problem: `names no labourer that there is; known are ${known.slice(0, 20).join(', ') || 'none'}` });
  return '';
};

/** `arn:aws:lambda:us-west-2:000000000000:function:name:$LATEST`; shorter ones end in the name, as sosw reads them. */
export const nameIn = (text: string): string => {
  const parts = text.split(':');
  return (parts[0] === 'arn' ? parts[6] : parts.at(-1)) ?? '';
};
